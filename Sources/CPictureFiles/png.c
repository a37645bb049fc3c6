// PNG through libpng. The jump buffer is libpng's own, set in each call; locals that must survive a jump lie in a struct.
#include "CPictureFiles.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

// What a call owns, and where the reader is.
typedef struct {
    png_structp png;
    png_infop info;
    const uint8_t *bytes;  // reading
    size_t size;
    size_t at;
    int is_short;
    uint8_t *memory;  // writing: size used, capacity
    size_t capacity;
    int is_out_of_memory;
    uint8_t *pixels;
    char *text;
} work;

static void on_error(png_structp png, png_const_charp message) {
    work *state = png_get_error_ptr(png);
    strncpy(state->text, message, 255);
    state->text[255] = 0;
    png_longjmp(png, 1);
}

// Odd but readable files (a wrong profile, a late chunk) are not errors.
static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
    work *state = png_get_io_ptr(png);
    if (count > state->size - state->at) {
        state->is_short = 1;
        png_error(png, "the data ends early");
    }
    memcpy(target, state->bytes + state->at, count);
    state->at += count;
}

static ocp_status decode(work *state, const ocp_limits *limits, ocp_picture *picture) {
    png_structp png = state->png;
    if (setjmp(png_jmpbuf(png))) return state->is_short ? OCP_TRUNCATED : OCP_DAMAGED;
    // Our own limits come first, with our own words; libpng's (a million) stay as they are.
    png_set_read_fn(png, state, read_bytes);
    // Text, profiles and what else may be long is not wanted: skipped without unpacking.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    static const png_byte skipped[] = "iCCP\0zTXt\0iTXt\0tEXt\0eXIf\0sPLT";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, skipped, 6);
    png_read_info(png, state->info);
    size_t width = picture->width = png_get_image_width(png, state->info);
    size_t height = picture->height = png_get_image_height(png, state->info);
    if (width > limits->side_limit || height > limits->side_limit || width * height > limits->area_limit)
        return OCP_TOO_LARGE;
    picture->result_width = width;
    picture->result_height = height;
    if (width * height * 3 > limits->byte_limit) return OCP_TOO_LARGE;
    png_set_expand(png);  // palettes, 1, 2 and 4 bits, tRNS
    png_set_gray_to_rgb(png);
    int has_alpha = (png_get_color_type(png, state->info) & PNG_COLOR_MASK_ALPHA) != 0
        || png_get_valid(png, state->info, PNG_INFO_tRNS) != 0;
    png_set_scale_16(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, state->info);
    size_t channels = has_alpha ? 4 : 3;
    if (png_get_rowbytes(png, state->info) != width * channels) return OCP_UNSUPPORTED;
    state->pixels = malloc(width * height * channels);
    if (!state->pixels) return OCP_OUT_OF_MEMORY;
    for (int pass = 0; pass < passes; pass++)
        for (size_t y = 0; y < height; y++) {
            if (pass == passes - 1) picture->rows_done = y;
            png_read_row(png, state->pixels + y * width * channels, NULL);
        }
    picture->rows_done = height;
    // What lacks nothing but its end has every row.
    if (setjmp(png_jmpbuf(png)) == 0) png_read_end(png, NULL);
    else if (!state->is_short) return OCP_DAMAGED;
    if (has_alpha) {
        // Over white, in place: three bytes are written behind the four that are read.
        const uint8_t *source = state->pixels;
        uint8_t *target = state->pixels;
        for (size_t i = 0; i < width * height; i++, source += 4, target += 3) {
            unsigned alpha = source[3];
            for (int c = 0; c < 3; c++)
                target[c] = (uint8_t)((source[c] * alpha + 255 * (255 - alpha) + 127) / 255);
        }
    }
    return OCP_OK;
}

ocp_status ocp_decode_png(const uint8_t *bytes, size_t size, const ocp_limits *limits, ocp_picture *picture) {
    memset(picture, 0, sizeof *picture);
    work state = {.bytes = bytes, .size = size, .text = picture->text};
    state.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state, on_error, on_warning);
    if (state.png) state.info = png_create_info_struct(state.png);
    ocp_status status = state.info ? decode(&state, limits, picture) : OCP_OUT_OF_MEMORY;
    png_destroy_read_struct(&state.png, &state.info, NULL);
    if (status == OCP_OK) picture->pixels = state.pixels;
    else free(state.pixels);
    return status;
}

static void write_bytes(png_structp png, png_bytep source, size_t count) {
    work *state = png_get_io_ptr(png);
    if (count > state->capacity - state->size) {
        size_t capacity = (state->size + count) * 2;
        uint8_t *memory = realloc(state->memory, capacity);
        if (!memory) {
            state->is_out_of_memory = 1;
            png_error(png, "out of memory");
        }
        state->memory = memory;
        state->capacity = capacity;
    }
    memcpy(state->memory + state->size, source, count);
    state->size += count;
}

static void flush_bytes(png_structp png) { (void)png; }

static ocp_status encode(work *state, const uint8_t *pixels, size_t width, size_t height, size_t stride) {
    png_structp png = state->png;
    if (setjmp(png_jmpbuf(png))) return state->is_out_of_memory ? OCP_OUT_OF_MEMORY : OCP_UNSUPPORTED;
    png_set_write_fn(png, state, write_bytes, flush_bytes);
    png_set_IHDR(png, state->info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, state->info);
    for (size_t y = 0; y < height; y++) png_write_row(png, pixels + y * stride);
    png_write_end(png, state->info);
    return OCP_OK;
}

ocp_status ocp_encode_png(const uint8_t *pixels, size_t width, size_t height, size_t stride,
                          uint8_t **bytes, size_t *size, char *text) {
    text[0] = 0;
    work state = {.text = text};
    state.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, on_error, on_warning);
    if (state.png) state.info = png_create_info_struct(state.png);
    ocp_status status = state.info ? encode(&state, pixels, width, height, stride) : OCP_OUT_OF_MEMORY;
    png_destroy_write_struct(&state.png, &state.info);
    if (status == OCP_OK) {
        *bytes = state.memory;
        *size = state.size;
    } else {
        free(state.memory);
    }
    return status;
}

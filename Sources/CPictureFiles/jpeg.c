// JPEG through libjpeg-turbo. The jump buffer lives in each call; locals that must survive a jump lie in a struct.
#include "CPictureFiles.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// A progressive file may repeat scans over the whole picture as often as it likes: hours of work in a few kilobytes.
enum { SCAN_LIMIT = 100 };
// A progressive file needs all its coefficients in memory at once: six bytes a pixel.
enum { MEMORY_LIMIT = 1 << 30 };

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf jump;
    int first_warning;  // message code, 0 for none
    int too_many_scans;
    char *text;
} error_manager;

static void format_text(j_common_ptr state, char *text) {
    char buffer[JMSG_LENGTH_MAX];
    state->err->format_message(state, buffer);
    strncpy(text, buffer, 255);
    text[255] = 0;
}

static void on_error(j_common_ptr state) {
    error_manager *manager = (error_manager *)state->err;
    format_text(state, manager->text);
    longjmp(manager->jump, 1);
}

/// Warnings about bytes between segments or odd headers: cameras write such files, and the picture is whole.
static int is_harmless(int code) {
    return code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM
        || code == JWRN_TOO_MUCH_DATA;
}

static void on_message(j_common_ptr state, int level) {
    error_manager *manager = (error_manager *)state->err;
    if (level >= 0 || is_harmless(state->err->msg_code)) return;
    if (manager->first_warning == 0) {
        manager->first_warning = state->err->msg_code;
        format_text(state, manager->text);
    }
    state->err->num_warnings++;
}

static void no_output(j_common_ptr state) { (void)state; }

static struct jpeg_error_mgr *prepare(error_manager *manager, char *text) {
    memset(manager, 0, sizeof *manager);
    struct jpeg_error_mgr *base = jpeg_std_error(&manager->base);
    base->error_exit = on_error;
    base->emit_message = on_message;
    base->output_message = no_output;
    manager->text = text;
    text[0] = 0;
    return base;
}

static void on_progress(j_common_ptr state) {
    if (!state->is_decompressor) return;
    j_decompress_ptr jpeg = (j_decompress_ptr)state;
    if (jpeg->input_scan_number <= SCAN_LIMIT) return;
    error_manager *manager = (error_manager *)state->err;
    snprintf(manager->text, 256, "more than %d scans", SCAN_LIMIT);
    state->err->msg_code = 0;
    longjmp(manager->jump, 1);
}

// What a decoding owns, so that one place frees it however it ends.
typedef struct {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_progress_mgr progress;
    error_manager errors;
    uint8_t *pixels;
    uint8_t *row;  // a CMYK row
} decoding;

/// Inverted CMYK (as Adobe writes it) or plain, to RGB.
static void convert_cmyk(const uint8_t *cmyk, uint8_t *rgb, size_t width, int inverted) {
    for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3)
        for (int i = 0; i < 3; i++) {
            unsigned ink = inverted ? cmyk[i] : 255u - cmyk[i];
            unsigned black = inverted ? cmyk[3] : 255u - cmyk[3];
            rgb[i] = (uint8_t)((ink * black + 127) / 255);
        }
}

/// The smallest n of n/8 that keeps `wanted` pixels on the long side; libjpeg rounds sizes up.
static unsigned scale_for(size_t long_side, size_t wanted) {
    if (wanted == 0) return 8;
    for (unsigned n = 1; n < 8; n++)
        if ((long_side * n + 7) / 8 >= wanted) return n;
    return 8;
}

static ocp_status decode(decoding *work, const uint8_t *bytes, size_t size, const ocp_limits *limits,
                         ocp_picture *picture) {
    j_decompress_ptr jpeg = &work->jpeg;
    if (setjmp(work->errors.jump)) {
        int code = jpeg->err->msg_code;
        return code == JERR_OUT_OF_MEMORY || code == JERR_NO_BACKING_STORE ? OCP_OUT_OF_MEMORY
             : code == JERR_CONVERSION_NOTIMPL || code == JERR_ARITH_NOTIMPL || code == JERR_BAD_PRECISION
                || code == JERR_SOF_UNSUPPORTED ? OCP_UNSUPPORTED : OCP_DAMAGED;
    }
    jpeg_create_decompress(jpeg);
    jpeg->mem->max_memory_to_use = MEMORY_LIMIT;
    jpeg->progress = &work->progress;
    work->progress.progress_monitor = on_progress;
    jpeg_mem_src(jpeg, bytes, size);
    jpeg_read_header(jpeg, TRUE);
    size_t width = picture->width = jpeg->image_width, height = picture->height = jpeg->image_height;
    if (width > limits->side_limit || height > limits->side_limit || width * height > limits->area_limit)
        return OCP_TOO_LARGE;
    int is_cmyk = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    jpeg->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    jpeg->scale_num = scale_for(width > height ? width : height, limits->maximum_side);
    jpeg->scale_denom = 8;
    jpeg_calc_output_dimensions(jpeg);
    width = picture->result_width = jpeg->output_width;
    height = picture->result_height = jpeg->output_height;
    if (width == 0 || height == 0 || width * height * 3 > limits->byte_limit) return OCP_TOO_LARGE;
    work->pixels = malloc(width * height * 3);
    if (is_cmyk) work->row = malloc(width * 4);
    if (!work->pixels || (is_cmyk && !work->row)) return OCP_OUT_OF_MEMORY;
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < height) {
        size_t y = jpeg->output_scanline;
        JSAMPROW target = is_cmyk ? work->row : work->pixels + y * width * 3;
        jpeg_read_scanlines(jpeg, &target, 1);
        if (is_cmyk) convert_cmyk(work->row, work->pixels + y * width * 3, width, jpeg->saw_Adobe_marker);
        // The library pads what is missing with grey and goes on: stop where it began.
        if (work->errors.first_warning != 0) {
            picture->rows_done = y;
            return work->errors.first_warning == JWRN_JPEG_EOF ? OCP_TRUNCATED : OCP_DAMAGED;
        }
    }
    picture->rows_done = height;
    jpeg_finish_decompress(jpeg);
    return OCP_OK;
}

ocp_status ocp_decode_jpeg(const uint8_t *bytes, size_t size, const ocp_limits *limits, ocp_picture *picture) {
    memset(picture, 0, sizeof *picture);
    decoding *work = calloc(1, sizeof *work);
    if (!work) return OCP_OUT_OF_MEMORY;
    work->jpeg.err = prepare(&work->errors, picture->text);
    ocp_status status = decode(work, bytes, size, limits, picture);
    jpeg_destroy_decompress(&work->jpeg);
    free(work->row);
    if (status == OCP_OK) picture->pixels = work->pixels;
    else free(work->pixels);
    free(work);
    return status;
}

typedef struct {
    struct jpeg_compress_struct jpeg;
    error_manager errors;
    unsigned char *bytes;
    unsigned long size;
} encoding;

static ocp_status encode(encoding *work, const uint8_t *pixels, size_t width, size_t height, size_t stride,
                         int quality) {
    j_compress_ptr jpeg = &work->jpeg;
    if (setjmp(work->errors.jump))
        return jpeg->err->msg_code == JERR_OUT_OF_MEMORY ? OCP_OUT_OF_MEMORY : OCP_UNSUPPORTED;
    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &work->bytes, &work->size);
    jpeg->image_width = (JDIMENSION)width;
    jpeg->image_height = (JDIMENSION)height;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(pixels + jpeg->next_scanline * stride);
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
    return OCP_OK;
}

ocp_status ocp_encode_jpeg(const uint8_t *pixels, size_t width, size_t height, size_t stride, int quality,
                           uint8_t **bytes, size_t *size, char *text) {
    encoding *work = calloc(1, sizeof *work);
    if (!work) return OCP_OUT_OF_MEMORY;
    work->jpeg.err = prepare(&work->errors, text);
    ocp_status status = encode(work, pixels, width, height, stride, quality);
    jpeg_destroy_compress(&work->jpeg);
    if (status == OCP_OK) {
        *bytes = work->bytes;
        *size = work->size;
    } else {
        free(work->bytes);
    }
    free(work);
    return status;
}

void ocp_free(void *memory) { free(memory); }

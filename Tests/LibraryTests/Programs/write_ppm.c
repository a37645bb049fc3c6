/* Writes a PNG picture as binary PPM, the format that the C examples read. Arguments: the PNG, the PPM. */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    png_image png = { .version = PNG_IMAGE_VERSION };
    if (argc != 3 || !png_image_begin_read_from_file(&png, argv[1])) {
        fprintf(stderr, "usage: write_ppm PICTURE.png PICTURE.ppm\n");
        return 2;
    }
    png.format = PNG_FORMAT_RGB;
    unsigned char *rgb = malloc(PNG_IMAGE_SIZE(png));
    FILE *file = fopen(argv[2], "wb");
    int written = rgb && file && png_image_finish_read(&png, NULL, rgb, 0, NULL) &&
                  fprintf(file, "P6\n%u %u\n255\n", png.width, png.height) > 0 &&
                  fwrite(rgb, PNG_IMAGE_SIZE(png), 1, file) == 1;
    if (file && fclose(file)) written = 0;
    free(rgb);
    if (!written) fprintf(stderr, "write_ppm: %s: cannot be read, or %s not written\n", argv[1], argv[2]);
    return !written;
}

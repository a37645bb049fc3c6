#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void *ocs_allocate(size_t size, size_t alignment) {
    void *memory = NULL;
    if (size == 0) size = 1;
    if (size > PTRDIFF_MAX || posix_memalign(&memory, alignment, size) != 0) return NULL;
    memset(memory, 0, size);
    return memory;
}

void ocs_free(void *memory) { free(memory); }

int ocs_read_file(const char *path, size_t limit, uint8_t **bytes, size_t *size) {
    *bytes = NULL;
    *size = 0;
    // O_NONBLOCK: opening a FIFO nobody writes to must not hang; it is refused below.
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return errno;
    struct stat status;
    int error = 0;
    if (fstat(file, &status) != 0) error = errno;
    else if (S_ISDIR(status.st_mode)) error = EISDIR;
    else if (!S_ISREG(status.st_mode)) error = EINVAL;
    else if ((uint64_t)status.st_size > limit) error = EFBIG;
    if (error) {
        close(file);
        return error;
    }
    size_t wanted = (size_t)status.st_size, have = 0;
    uint8_t *memory = malloc(wanted ? wanted : 1);
    if (!memory) error = ENOMEM;
    while (!error && have < wanted) {
        ssize_t got = read(file, memory + have, wanted - have);
        if (got > 0) have += (size_t)got;
        else if (got == 0) break;  // the file shrank under us: what was read is what there is
        else if (errno != EINTR) error = errno;
    }
    close(file);
    if (error) {
        free(memory);
        return error;
    }
    *bytes = memory;
    *size = have;
    return 0;
}

static int write_all(int file, const uint8_t *bytes, size_t size) {
    while (size > 0) {
        ssize_t put = write(file, bytes, size);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno;
        bytes += put;
        size -= (size_t)put;
    }
    return 0;
}

int ocs_write_file(const char *path, const uint8_t *bytes, size_t size) {
    ocs_piece piece = {bytes, size};
    return ocs_write_pieces(path, &piece, 1);
}

/* A new file beside `path` under a name of its own. mkostemp() would make it private, and what other files here get can only
 * be read by setting it for all threads (umask). */
static int open_beside(const char *path, char **name) {
    for (int attempt = 0; attempt < 100; attempt++) {
        uint32_t number;
        // Early after a board starts there may be no random numbers yet; names have to differ, not to be secret.
        if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
            number = (uint32_t)ocs_monotonic_nanoseconds() ^ (uint32_t)getpid() << 16;
        if (asprintf(name, "%s.part-%08x", path, number) < 0) {
            *name = NULL;
            errno = ENOMEM;
            return -1;
        }
        int file = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0) return file;
        int error = errno;
        free(*name);
        *name = NULL;
        errno = error;
        if (error != EEXIST) return -1;
    }
    return -1;
}

int ocs_write_pieces(const char *path, const ocs_piece *pieces, size_t count) {
    // A link stands for the file that it leads to. What is there and is no file is not replaced by one: devices, pipes.
    char *found = realpath(path, NULL);
    if (found) path = found;
    struct stat before;
    int exists = found && stat(path, &before) == 0;
    if (exists && !S_ISREG(before.st_mode)) {
        free(found);
        return S_ISDIR(before.st_mode) ? EISDIR : EINVAL;
    }
    char *temporary = NULL;
    int file = open_beside(path, &temporary);
    int error = file < 0 ? errno : 0;
    if (!error) {
        // Who may read it stays as it was; where that cannot be set, it is as for a new file.
        if (exists) (void)fchmod(file, before.st_mode & 0777);
        for (size_t i = 0; i < count && !error; i++) error = write_all(file, pieces[i].bytes, pieces[i].size);
        if (!error && fsync(file) != 0) error = errno;
        if (close(file) != 0 && !error) error = errno;
        if (!error && rename(temporary, path) != 0) error = errno;
        if (error) unlink(temporary);
    }
    free(temporary);
    free(found);
    return error;
}

const char *ocs_error_text(int error, char *buffer, size_t size) {
    return strerror_r(error, buffer, size);
}

uint64_t ocs_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void ocs_pause(void) { usleep(100); }

size_t ocs_parse_double(const char *text, size_t size, double *value) {
    // A decimal point whatever the locale says: digits are gathered here, strtod only sees an 'e' exponent.
    char digits[64];
    size_t at = 0, length = 0;
    long exponent = 0;
    int seen = 0, point = 0;
    if (at < size && (text[at] == '-' || text[at] == '+')) digits[length++] = text[at++];
    for (; at < size; at++) {
        if (text[at] == '.' && !point) { point = 1; continue; }
        if (text[at] < '0' || text[at] > '9') break;
        seen = 1;
        if (length < 40) {
            digits[length++] = text[at];
            exponent -= point;
        } else {
            exponent += !point;
        }
    }
    if (!seen) return 0;
    if (at < size && (text[at] == 'e' || text[at] == 'E')) {
        size_t mark = at + 1;
        int negative = mark < size && text[mark] == '-';
        if (mark < size && (text[mark] == '-' || text[mark] == '+')) mark++;
        if (mark < size && text[mark] >= '0' && text[mark] <= '9') {
            long given = 0;
            for (; mark < size && text[mark] >= '0' && text[mark] <= '9'; mark++)
                if (given < 100000) given = given * 10 + (text[mark] - '0');
            exponent += negative ? -given : given;
            at = mark;
        }
    }
    snprintf(digits + length, sizeof digits - length, "e%ld", exponent);
    *value = strtod(digits, NULL);
    return at;
}

int ocs_contains(const uint8_t *bytes, size_t size, const uint8_t *word, size_t word_size) {
    return memmem(bytes, size, word, word_size) != NULL;
}

size_t ocs_format_fixed(double value, int digits, char *text, size_t size) {
    int length = snprintf(text, size, "%.*f", digits, value);
    if (length < 0 || size == 0) return 0;
    if ((size_t)length >= size) length = (int)size - 1;
    // The one byte (or few) between digits is the locale's decimal point.
    size_t end = 0;
    for (int at = 0; at < length; at++) {
        int plain = (text[at] >= '0' && text[at] <= '9') || text[at] == '-' || (text[at] >= 'a' && text[at] <= 'z');
        if (plain) text[end++] = text[at];
        else if (end > 0 && text[end - 1] != '.') text[end++] = '.';
    }
    text[end] = 0;
    return end;
}

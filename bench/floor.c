/* The floor: write the files of a site and nothing else.

   floor PACK DIR   PACK holds, for each file, a line "length path", then as many bytes.
   Files are made new, each by one open, one write and one close; folders when they are first met. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_folders(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, 0777) && errno != EEXIST) { perror(path); exit(1); }
        *slash = '/';
    }
}

int main(int count, char **words) {
    if (count != 3) { fprintf(stderr, "usage: floor PACK DIR\n"); return 2; }
    int pack = open(words[1], O_RDONLY);
    struct stat about;
    if (pack < 0 || fstat(pack, &about)) { perror(words[1]); return 1; }
    char *data = mmap(NULL, about.st_size, PROT_READ, MAP_PRIVATE, pack, 0), *end = data + about.st_size;
    if (data == MAP_FAILED) { perror("mmap"); return 1; }
    char path[8192];
    while (data < end) {
        char *rest, *line = memchr(data, '\n', end - data);
        size_t length = strtoul(data, &rest, 10);
        snprintf(path, sizeof path, "%s/%.*s", words[2], (int)(line - rest - 1), rest + 1);
        data = line + 1;
        int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        if (file < 0 && errno == ENOENT) {
            make_folders(path);
            file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        }
        if (file < 0 || write(file, data, length) != (ssize_t)length) { perror(path); return 1; }
        close(file);
        data += length;
    }
    return 0;
}

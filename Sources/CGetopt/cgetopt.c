#include "cgetopt.h"

#include <getopt.h>
#include <string.h>

enum { most_options = 64 };

void cgetopt_reset(void) { optind = 0; }

cgetopt_step cgetopt_next(int argc, char *const argv[], const cgetopt_option options[]) {
    struct option table[most_options + 1];
    int count = 0;
    for (; options[count].name != NULL && count < most_options; count++) {
        table[count] = (struct option){options[count].name, options[count].has_argument, NULL, options[count].code};
    }
    table[count] = (struct option){0};
    opterr = 0;
    optarg = NULL;
    int code = getopt_long(argc, argv, "+:", table, NULL);
    return (cgetopt_step){code, optind, optopt, optarg};
}

void cgetopt_skip(void) { optind++; }

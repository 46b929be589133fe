#pragma once

/// One step of getopt_long as a value: its results are mutable globals, which Swift 6 refuses.
typedef struct {
    int code;              // -1 at the end, '?' unknown, ':' value missing, else the option's code
    int index;             // the next argument to look at
    int option;            // the short option or code that was wrong, for '?' and ':'
    const char *argument;  // the option's value, or null
} cgetopt_step;

typedef struct {
    const char *name;
    int has_argument;  // 0 none, 1 required
    int code;
} cgetopt_option;

/// Forgets an earlier command line.
void cgetopt_reset(void);

/// Reads the next option. `options` ends with a null name. Stops at the first argument that is no option.
cgetopt_step cgetopt_next(int argc, char *const argv[], const cgetopt_option options[]);

/// Goes on behind an argument that is no option.
void cgetopt_skip(void);

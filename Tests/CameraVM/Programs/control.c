/* control DEVICE NAME VALUE: sets a control of a driver by its name. */
#include "guest.h"

int main(int argc, char **argv) { return argc == 4 && set_control(argv[1], argv[2], atoi(argv[3])) ? 0 : 1; }

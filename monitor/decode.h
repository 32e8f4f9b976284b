/* monitor/decode.h: the verbs `rivet decode` and `rivet isa`. */
#ifndef RIVET_MONITOR_DECODE_H
#define RIVET_MONITOR_DECODE_H

/* argv[0] is the verb. Each prints, and returns the program's exit status. */
int decode_main(int argc, char **argv);
int isa_main(int argc, char **argv);

#endif

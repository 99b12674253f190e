#include "command.h"

const command command_table[] = {
    {"check", "FILE|DIR...", "checks cases and reports a verdict with its evidence",
     "shardproof check cases/notes.case\n"
     "shardproof check --quiet cases            every *.case file below a directory\n"
     "shardproof check --format text --format junit=report.xml cases\n"
     "shardproof check --filter 'notes*' --list cases\n"
     "shardproof check - < my.case\n",
     "A result is a match if nothing contradicts it and every entry on every rank is covered by\n"
     "evidence that could have failed; a mismatch if its layout does not fit, a difference is\n"
     "beyond the bound on its rounding, NaN or infinity is on one side only and rounding does\n"
     "not explain it, a finite difference contradicts it, or other data of the same sizes do;\n"
     "else it is undecided. There is no tolerance to choose.\n"
     "\n"
     "A case's `evidence` names the number systems to run: binary64, mpfr, field (all three by\n"
     "default; bound, by which differences are judged, and the proof are always run). field tests\n"
     "all data at the case's sizes, modulo two primes drawn from its seed. gsl_deriv_central's\n"
     "estimates are shown with --verbose and decide nothing: they are no bounds.\n"
     "\n"
     "A FILE of a report is written whole or not at all. Of several reports at most one goes to\n"
     "standard output; without --format it is text. A report holds no time, no host and no path\n"
     "but those given.\n"
     "\n"
     "exit code, the worst of all cases: 0 every case came out as its `expect` says, 3 some are\n"
     "undecided, or leave out a gradient and --require-all is given, 1 some came out otherwise, 2 bad\n"
     "usage or input, 70 internal error, no memory, or output that could not be written; 130\n"
     "interrupted: what was done is reported.\n",
     check_options, run_check},
    {"prove", "SCHEME...", "proves schemes for every size, or shows where they fail",
     "shardproof prove megatron\n"
     "shardproof prove --verbose mine.scheme    with the steps of the proof\n"
     "shardproof prove --certificate megatron.v megatron && coqc megatron.v\n"
     "shardproof prove --counterexample fails.case mine.scheme; shardproof check fails.case\n"
     "shardproof prove delta-rule               its derivation from the loss\n",
     "SCHEME is the name of a built-in scheme, or a file (./NAME if it is called like one): all schemes\n"
     "in it and those that its cases name. Every result is proved (equal to the delta rule for all\n"
     "sizes, meshes, splits, data and functions), refuted (by the smallest counterexample, a case that\n"
     "check confirms) or open (neither; the report says where a counterexample was looked for: a fixed\n"
     "amount of work, the same on every machine, or as long as --time-limit says).\n"
     "\n"
     "sigma, g and loss are any functions unless --sigma, --g or --loss names one; then its identities\n"
     "may be used, such as sigmoid' = sigmoid (1 - sigmoid), and the theorem says so. A certificate has\n"
     "a theorem for every result that is proved; those for given functions assume their identities, and\n"
     "none uses what is known of distributions, exp, log and roots. A scheme with max has none yet.\n"
     "\n"
     "exit code, the worst of all schemes: 0 everything is proved, 3 some results are open, 1 some are\n"
     "refuted, 2 bad usage or input, 70 internal error, no memory, or output that could not be written.\n",
     prove_options, run_prove},
    {"derive", "[SCHEME|FILE]", "prints the whole derivation of a scheme, with a case's numbers",
     "shardproof derive                                the built-in scheme megatron\n"
     "shardproof derive --format html --lang zh fsdp > fsdp.html\n"
     "shardproof derive --case notes cases/notes.case\n",
     "SCHEME is the name of a built-in scheme. Of a FILE the only case is taken, or its only scheme\n"
     "if it has no case. The language is that of the locale unless --lang is given.\n"
     "\n"
     "exit code: 0 the scheme is the delta rule, always, and the case's verdict is a match; 1 it is\n"
     "not: the derivation stops where it parts from the delta rule; 3 that could not be told; 2 bad\n"
     "usage or input, 70 internal error or full disk.\n",
     derive_options, run_derive},
    {"init", "[DIR]", "writes a case and a scheme to start from, with comments",
     "shardproof init plans && shardproof check plans\n",
     "Files that are there already are never written over.\n", no_options, run_init},
    {"schemes", "[NAME]", "lists the built-in schemes, or prints one",
     "shardproof schemes\n"
     "shardproof schemes megatron > mine.scheme\n",
     "", no_options, run_schemes},
    {"networks", "[NAME | FILE]", "lists the built-in networks, prints one, or its delta rule",
     "shardproof networks\n"
     "shardproof networks attention\n"
     "shardproof networks attention --rule    the gradient of its loss, derived by reverse mode\n"
     "shardproof networks attention --certificate attention.v && coqc attention.v\n",
     "NAME is a built-in network, FILE one of your own: it may hold several, and schemes and cases of them.\n"
     "exit code: 0, 2 bad usage or input, 70 internal error or full disk.\n",
     networks_options, run_networks},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

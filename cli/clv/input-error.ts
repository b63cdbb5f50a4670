/** Something the person at the keyboard can mend: shown without a stack, exit code 1. */
export class InputError extends Error {}

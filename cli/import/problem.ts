/** Why the command stops, in words for whoever typed it, and the exit code that says whose turn it is. */

export class Problem extends Error {
  /** 1: the input is wrong. 2: it could not run. */
  readonly exitCode: 1 | 2;
  constructor(exitCode: 1 | 2, message: string) {
    super(message);
    this.name = 'Problem';
    this.exitCode = exitCode;
  }
}

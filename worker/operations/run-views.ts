/** What pages and the API get of nights and recounts. */

/** One step of a run; `result` is what it has to say for itself. */
export interface RunStepView {
  name: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  startedAt: string | null;
  finishedAt: string | null;
  attempts: number;
  result: Record<string, unknown>;
  error: string | null;
}

export interface RunView {
  id: string;
  kind: 'night' | 'rebuild';
  /** The local day that a night opens. */
  day: string | null;
  cause: string;
  /** `stopped`: killed in its middle, and nobody works on it. */
  state: 'running' | 'done' | 'failed' | 'stopped';
  steps: RunStepView[];
  /** Share of the steps that are done. */
  progress: number;
  error: string | null;
  startedAt: string;
  finishedAt: string | null;
  canRestart: boolean;
}

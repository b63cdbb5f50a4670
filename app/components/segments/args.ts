/** Reads and writes arguments of a condition that may not be finished. */
import { SPAN_UNITS, type SpanUnit } from './op-words.ts';

export type Args = Readonly<Record<string, unknown>>;

export function textArg(args: Args, name: string): string | undefined {
  const value = args[name];
  return typeof value === 'string' ? value : undefined;
}

/** The place of a list, or the value itself for the first. */
export function numberAt(value: unknown, index: number): number | undefined {
  const one: unknown = Array.isArray(value) ? value[index] : index === 0 ? value : undefined;
  return typeof one === 'number' ? one : undefined;
}

export function textAt(value: unknown, index: number): string | undefined {
  const one: unknown = Array.isArray(value) ? value[index] : index === 0 ? value : undefined;
  return typeof one === 'string' ? one : undefined;
}

export function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '');
}

/** With an argument set, or left out. */
export function withArg(args: Args, name: string, value: unknown): Args {
  const { [name]: _, ...rest } = args;
  return value === undefined ? rest : { ...rest, [name]: value };
}

export interface Span {
  amount: number | undefined;
  unit: SpanUnit;
}

/** A length of time that is written as one of three arguments. */
export function spanOf(args: Args): Span {
  const unit = SPAN_UNITS.find((one) => one in args) ?? 'days';
  return { amount: numberAt(args[unit], 0), unit };
}

export function withSpan(args: Args, { amount, unit }: Span): Args {
  const { hours: _h, days: _d, weeks: _w, ...rest } = args;
  // Without an amount the unit is kept as long as the field stands: null is no number, and the language says so.
  return { ...rest, [unit]: amount ?? null };
}

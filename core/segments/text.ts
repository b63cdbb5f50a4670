/** The text form of filters, for files, reviews and people who type. */
export { parseFilter, type ParsedFilter, type SegmentNames } from './text/parse.ts';
export { printFilter } from './text/print.ts';

/** The choice of years as a person makes it, read into what the company keeps. */
import { z } from 'zod';
import { FEWEST_YEARS, MOST_YEARS } from '#core/commerce/closed-books';

export const EVERYTHING = 'all';

export const retentionForm = z.object({
  keepYears: z.union([
    z.literal(EVERYTHING).transform(() => null),
    z.string().regex(/^\d{1,2}$/).transform(Number).pipe(z.int().min(FEWEST_YEARS).max(MOST_YEARS)),
  ], 'Choose a number of years'),
});

/** Years to choose from; another number that the API set is among them. */
export function yearChoices(keepYears: number | null): number[] {
  const usual = [2, 3, 4, 5, 6, 7, 8, 10, 15];
  return [...new Set(keepYears === null ? usual : [...usual, keepYears])].sort((a, b) => a - b);
}

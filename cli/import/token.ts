/** Who the command acts as: the person's token, else whoever runs this machine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from './problem.ts';

export interface Token {
  kind: 'person' | 'operator';
  value: string;
}

const secrets = z.object({ OPERATOR_TOKEN: z.string().min(1) });

/** @throws Problem when there is neither. */
export function findToken(): Token {
  const own = process.env['PERENNIAL_TOKEN'];
  if (own) return { kind: 'person', value: own };
  const path = join(process.env['DATA_DIR'] ?? '.local', 'secrets.json');
  try {
    const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return { kind: 'operator', value: secrets.parse(json).OPERATOR_TOKEN };
  } catch {
    throw new Problem(2, `No sign-in: set PERENNIAL_TOKEN, or run this where \`npm start\` keeps its data (no operator token in ${path})`);
  }
}

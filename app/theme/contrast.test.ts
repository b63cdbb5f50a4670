/** Every pair of tokens that carries text or a control keeps WCAG 2.2 contrast in both themes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../app.css', import.meta.url), 'utf8');

/** Linear sRGB of an OKLCH or hex colour. Source: Ottosson, A perceptual color space for image processing (2020). */
function linearRgb(color: string): [number, number, number] {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (hex) {
    const channel = (text = '0') => {
      const value = parseInt(text, 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return [channel(hex[1]), channel(hex[2]), channel(hex[3])];
  }
  const parts = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(color);
  if (!parts) throw new Error(`"${color}" is no colour this test can read`);
  const [lightness, chroma, hue] = [Number(parts[1]), Number(parts[2]), (Number(parts[3]) * Math.PI) / 180];
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function luminance(color: string): number {
  const [red, green, blue] = linearRgb(color);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function token(name: string, theme: 'light' | 'dark'): string {
  const color = String.raw`(oklch\([^)]*\)|#[0-9a-f]+)`;
  const found = new RegExp(String.raw`--color-${name}: light-dark\(${color}, ${color}\)`).exec(css);
  const value = theme === 'light' ? found?.[1] : found?.[2];
  if (value === undefined) throw new Error(`There is no token ${name}`);
  return value;
}

const TEXT: [string, string[]][] = [
  ['ink', ['canvas', 'surface', 'sunken', 'accent-soft', 'negative-soft', 'warning-soft', 'heat-none', 'heat-low', 'heat-high']],
  ['muted', ['canvas', 'surface', 'sunken']],
  ['accent', ['canvas', 'surface']],
  ['on-accent', ['accent', 'accent-strong']],
  ['positive', ['canvas', 'surface', 'sunken']],
  ['negative', ['canvas', 'surface', 'sunken', 'negative-soft']],
  ['warning', ['canvas', 'surface', 'sunken', 'warning-soft']],
];

/** Borders of controls and lines of charts. */
const GRAPHICS: [string, string[]][] = [
  ['edge', ['surface', 'canvas']],
  ['series-1', ['surface']],
  ['series-2', ['surface']],
  ['series-3', ['surface']],
  ['series-4', ['surface']],
];

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  it.each(TEXT.flatMap(([text, grounds]) => grounds.map((ground) => [text, ground] as const)))('%s on %s reads: 4.5 to 1', (text, ground) => {
    expect(contrast(token(text, theme), token(ground, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(GRAPHICS.flatMap(([mark, grounds]) => grounds.map((ground) => [mark, ground] as const)))('%s on %s is seen: 3 to 1', (mark, ground) => {
    expect(contrast(token(mark, theme), token(ground, theme))).toBeGreaterThanOrEqual(3);
  });
});

it('knows black on white to be 21 to 1', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('oklch(0 0 0)', 'oklch(1 0 0)')).toBeCloseTo(21, 3);
});

// The list under a text field: what keys do, also while it grows and shrinks under them.
import { expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { comboboxReducer, currentOf, EMPTY_COMBOBOX, keyDoes, type ComboboxState } from './combobox.ts';

const press = (state: ComboboxState, key: string, count: number): ComboboxState => {
  const done = keyDoes(key, { current: currentOf(state, count), count, isComposing: false });
  return done.does === 'walk' ? comboboxReducer(state, { type: 'walked', to: done.to }) : state;
};

it('walks to the ends and no further, begins anew with other words, and follows the pointer', () => {
  const down = (state: ComboboxState, times: number): ComboboxState => Array.from({ length: times }).reduce<ComboboxState>((now) => press(now, 'ArrowDown', 3), state);
  expect([1, 2, 3, 9].map((times) => currentOf(down(EMPTY_COMBOBOX, times), 3))).toEqual([1, 2, 2, 2]);
  expect(currentOf(press(down(EMPTY_COMBOBOX, 2), 'ArrowUp', 3), 3)).toBe(1);
  expect(currentOf(press(EMPTY_COMBOBOX, 'ArrowUp', 3), 3)).toBe(0);
  expect(comboboxReducer(down(EMPTY_COMBOBOX, 2), { type: 'typed', text: 'or' })).toEqual({ text: 'or', chosen: 0 });
  expect(currentOf(comboboxReducer(EMPTY_COMBOBOX, { type: 'pointed', at: 2 }), 3)).toBe(2);
});

it('takes what stands out, sends no form without anything, and leaves other keys and unfinished characters alone', () => {
  const at = (current: number, count: number, isComposing = false) => (key: string) => keyDoes(key, { current, count, isComposing }).does;
  expect(['Enter', 'ArrowDown', 'ArrowUp', 'a', 'Home', 'Escape', 'Tab'].map(at(1, 3))).toEqual(['take', 'walk', 'walk', 'ignored', 'ignored', 'ignored', 'ignored']);
  expect(['Enter', 'ArrowDown', 'ArrowUp'].map(at(-1, 0))).toEqual(['nothing', 'nothing', 'nothing']);
  expect(['Enter', 'ArrowDown'].map(at(1, 3, true))).toEqual(['ignored', 'ignored']);
});

it('never points outside of the options, however they change', () => {
  const random = createRandom('combobox');
  let state = EMPTY_COMBOBOX;
  for (let step = 0; step < 2_000; step++) {
    const count = Math.floor(random() * 6);
    state = press(state, random() < 0.6 ? 'ArrowDown' : 'ArrowUp', count);
    const current = currentOf(state, count);
    expect(count === 0 ? current === -1 : current >= 0 && current < count).toBe(true);
  }
});

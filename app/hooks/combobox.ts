/** Walking a list of options with the keys while the focus stays in the text field above it; without the browser. */

export interface ComboboxState {
  text: string;
  /** The option that Enter takes: by its place, and never beyond the last one when it is read. */
  chosen: number;
}

export type ComboboxAction = { type: 'typed'; text: string } | { type: 'pointed'; at: number } | { type: 'walked'; to: number };

export const EMPTY_COMBOBOX: ComboboxState = { text: '', chosen: 0 };

/** Other words begin at the best option again. */
export function comboboxReducer(state: ComboboxState, action: ComboboxAction): ComboboxState {
  switch (action.type) {
    case 'typed': return { text: action.text, chosen: 0 };
    case 'pointed': case 'walked': {
      const at = action.type === 'pointed' ? action.at : action.to;
      return at === state.chosen ? state : { ...state, chosen: at };
    }
  }
}

/** The option that stands out among so many; -1 without any. Options may have become fewer since it was chosen. */
export const currentOf = ({ chosen }: ComboboxState, count: number): number => Math.min(chosen, count - 1);

/**
 * What a key does. `ignored`: it is the text field's own, or somebody's who is still composing a character.
 * Enter without an option is taken all the same: it must not send a form around.
 */
export function keyDoes(key: string, { current, count, isComposing }: { current: number; count: number; isComposing: boolean }): { does: 'take' | 'nothing' | 'ignored' } | { does: 'walk'; to: number } {
  if (isComposing) return { does: 'ignored' };
  if (key === 'Enter') return { does: current >= 0 ? 'take' : 'nothing' };
  if (key === 'ArrowDown') return count === 0 ? { does: 'nothing' } : { does: 'walk', to: Math.min(count - 1, current + 1) };
  if (key === 'ArrowUp') return count === 0 ? { does: 'nothing' } : { does: 'walk', to: Math.max(0, current - 1) };
  return { does: 'ignored' };
}

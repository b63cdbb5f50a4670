/** A text field that walks the list of options below it: state, keys, and what a screen reader is told. */
import { useId, useReducer, useRef, type ChangeEvent, type KeyboardEvent } from 'react';
import { comboboxReducer, currentOf, EMPTY_COMBOBOX, keyDoes } from './combobox.ts';

export function useComboboxText() {
  return useReducer(comboboxReducer, EMPTY_COMBOBOX);
}

/** @param held of `useComboboxText`, so that options may be looked for by the text before they are given here */
export function useCombobox<Option>([state, dispatch]: ReturnType<typeof useComboboxText>, options: readonly Option[], onTake: (option: Option) => void) {
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const current = currentOf(state, options.length);
  const onKeyDown = (event: KeyboardEvent) => {
    const done = keyDoes(event.key, { current, count: options.length, isComposing: event.nativeEvent.isComposing });
    if (done.does === 'ignored') return;
    event.preventDefault();
    const option = options[current];
    if (done.does === 'take' && option !== undefined) onTake(option);
    if (done.does !== 'walk') return;
    dispatch({ type: 'walked', to: done.to });
    list.current?.querySelector(`[data-index="${String(done.to)}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  return {
    current,
    input: {
      autoFocus: true, value: state.text, onKeyDown, role: 'combobox', 'aria-expanded': true, 'aria-autocomplete': 'list', 'aria-controls': `${id}-list`, 'aria-activedescendant': current < 0 ? undefined : `${id}-${String(current)}`,
      onChange: (event: ChangeEvent<HTMLInputElement>) => dispatch({ type: 'typed', text: event.target.value }),
    } as const,
    list: { ref: list, id: `${id}-list`, role: 'listbox' } as const,
    option: (index: number, option: Option) => ({
      id: `${id}-${String(index)}`, 'data-index': index, role: 'option', 'aria-selected': index === current,
      onPointerMove: () => dispatch({ type: 'pointed', at: index }), onClick: () => onTake(option),
    } as const),
  };
}

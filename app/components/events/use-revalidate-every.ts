/** Asks for the page's figures again now and then, while somebody looks at it. */
import { useRevalidator } from '@remix-run/react';
import { useEffect } from 'react';

export function useRevalidateEvery(milliseconds: number): void {
  const { revalidate, state } = useRevalidator();
  useEffect(() => {
    if (state !== 'idle') return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') revalidate();
    }, milliseconds);
    return () => clearInterval(timer);
  }, [revalidate, state, milliseconds]);
}

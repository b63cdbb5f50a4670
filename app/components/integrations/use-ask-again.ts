/** Asks for the page's data again and again while something is at work. */
import { useRevalidator } from '@remix-run/react';
import { useEffect } from 'react';

const ASK_EVERY_MS = 2_000;

export function useAskAgain(working: boolean): void {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (!working) return;
    const timer = setInterval(() => { if (!document.hidden) revalidate(); }, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [working, revalidate]);
}

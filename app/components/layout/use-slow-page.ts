/** Whether another page has been on its way for so long that its shape should stand in for it. */
import { useLocation, useNavigation } from '@remix-run/react';
import { useEffect, useState } from 'react';

const SLOW_MS = 400;

export function useSlowPage(): boolean {
  const { state, location } = useNavigation();
  const { pathname } = useLocation();
  const other = state === 'loading' && location.pathname !== pathname;
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!other) {
      setSlow(false);
      return;
    }
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, [other]);
  return slow;
}

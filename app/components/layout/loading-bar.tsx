/** A thin line at the top while the next page is fetched; it waits a moment so that quick pages show none. */
import { useNavigation } from '@remix-run/react';
import { useEffect, useState } from 'react';

export function LoadingBar() {
  const { state } = useNavigation();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (state === 'idle') {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, [state]);
  return shown ? <div role="status" aria-label="Loading the page" className="fixed inset-x-0 top-0 z-50 h-0.5 shimmer bg-accent" /> : null;
}

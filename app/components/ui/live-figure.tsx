/** A figure that rolls in once and glows briefly when it changes; still on first paint. */
import { useEffect, useRef } from 'react';

export function LiveFigure({ children, className = '' }: { children: string; className?: string }) {
  const shown = useRef(children);
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (shown.current === children) return;
    shown.current = children;
    const target = element.current;
    if (!target) return;
    target.classList.remove('figure-changed');
    // Reading the width restarts the animation for a change that follows within the last one.
    void target.offsetWidth;
    target.classList.add('figure-changed');
  }, [children]);
  return <span ref={element} className={`figures inline-block ${className}`}>{children}</span>;
}

/** A heat-map cell's class: steps that the style sheet names, since an inline style would be refused by the page's policy. */
const STEPS = 20;

/** @param share place on the scale, 0 to 1; what lies beyond stands at its end. */
export function heatClass(share: number): string {
  const within = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
  return `heat-${Math.round(within * STEPS)}`;
}

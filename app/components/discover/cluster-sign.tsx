/** The colour and shape of a cluster as a sign before its name. */
import { markOf, markSigns, markText } from './cluster-marks.ts';

export function ClusterSign({ label }: { label: number }) {
  const { color, shape } = markOf(label);
  return <span aria-hidden className={markText[color]}>{markSigns[shape]}</span>;
}

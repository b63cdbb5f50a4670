/** Trees to and from a model file, checked on the way in: a wrong index would walk in circles or out of the arrays. */
import { arrayOf, refuseModel, type ModelArray, type ModelFile } from '#core/learning/model-file';
import type { Trees } from './trees.ts';

/** The arrays of `trees` under the names a model file keeps them by; `readTrees` is its inverse. */
export function treeArrays(trees: Trees): Record<string, ModelArray> {
  return { ...trees };
}

/** @throws AppError when the arrays are not trees over `columns` columns. */
export function readTrees(file: ModelFile, columns: number): Trees {
  const start = arrayOf(file, 'start', Int32Array);
  const perNode = {
    feature: arrayOf(file, 'feature', Int16Array), threshold: arrayOf(file, 'threshold', Float64Array), bin: arrayOf(file, 'bin', Uint8Array), left: arrayOf(file, 'left', Int32Array),
    missingLeft: arrayOf(file, 'missingLeft', Uint8Array), value: arrayOf(file, 'value', Float64Array), cover: arrayOf(file, 'cover', Float64Array), gain: arrayOf(file, 'gain', Float64Array),
  };
  const trees: Trees = { start, ...perNode };
  const nodes = trees.feature.length;
  for (const [name, array] of Object.entries(perNode)) if (array.length !== nodes) throw refuseModel(`its arrays feature and ${name} differ in length`);
  const wellCut = start.length > 0 && start[start.length - 1] === nodes && start.every((from, tree) => (tree === 0 ? from === 0 : from > (start[tree - 1] ?? 0)));
  if (!wellCut) throw refuseModel('its trees do not follow one another');
  for (let tree = 0; tree + 1 < start.length; tree++) {
    const end = start[tree + 1] ?? 0;
    for (let at = start[tree] ?? 0; at < end; at++) {
      const feature = trees.feature[at] ?? -1;
      const left = trees.left[at] ?? 0;
      if (!Number.isFinite(trees.value[at])) throw refuseModel(`node ${at} has no value`);
      if (feature < 0) continue;
      if (feature >= columns || Number.isNaN(trees.threshold[at]) || left <= at || left + 1 >= end) throw refuseModel(`node ${at} asks for what is not there`);
    }
  }
  return trees;
}

/** Where the bars and ribbons of a flow chart lie: groups on the left as they were, on the right as they are. */

export interface Flow<T extends string> {
  from: T;
  to: T;
  amount: number;
}

export interface FlowBar<T extends string> {
  group: T;
  top: number;
  height: number;
  amount: number;
}

export interface FlowRibbon<T extends string> extends Flow<T> {
  /** Upper edges at either end, and how thick it is. */
  left: number;
  right: number;
  height: number;
}

export interface FlowLayout<T extends string> {
  height: number;
  left: FlowBar<T>[];
  right: FlowBar<T>[];
  ribbons: FlowRibbon<T>[];
}

const GAP = 14;
/** Thinner bars could not be pointed at. */
const LEAST = 2;

/**
 * @param order of groups, from top to bottom; flows of others are left out
 * @param height of all bars of one side together, without the gaps
 */
export function flowLayout<T extends string>(flows: readonly Flow<T>[], order: readonly T[], height: number): FlowLayout<T> {
  const shown = flows.filter(({ from, to, amount }) => amount > 0 && order.includes(from) && order.includes(to));
  const total = shown.reduce((sum, { amount }) => sum + amount, 0);
  const scale = total > 0 ? height / total : 0;
  const side = (end: 'from' | 'to'): FlowBar<T>[] => {
    let top = 0;
    return order.flatMap((group) => {
      const amount = shown.reduce((sum, flow) => sum + (flow[end] === group ? flow.amount : 0), 0);
      if (amount === 0) return [];
      const bar = { group, top, height: Math.max(LEAST, amount * scale), amount };
      top += bar.height + GAP;
      return [bar];
    });
  };
  const [left, right] = [side('from'), side('to')];
  const used = { from: new Map<T, number>(), to: new Map<T, number>() };
  const next = (end: 'from' | 'to', group: T, bars: FlowBar<T>[], amount: number): number => {
    const bar = bars.find((one) => one.group === group);
    const at = used[end].get(group) ?? 0;
    used[end].set(group, at + amount * scale);
    return (bar?.top ?? 0) + at;
  };
  const ribbons = order.flatMap((from) => order.flatMap((to) => {
    const amount = shown.reduce((sum, flow) => sum + (flow.from === from && flow.to === to ? flow.amount : 0), 0);
    if (amount === 0) return [];
    return [{ from, to, amount, left: next('from', from, left, amount), right: next('to', to, right, amount), height: amount * scale }];
  }));
  const foot = (bars: FlowBar<T>[]): number => bars.reduce((most, bar) => Math.max(most, bar.top + bar.height), 0);
  return { height: Math.max(foot(left), foot(right)), left, right, ribbons };
}

/** What a figure is made of: two parts of one bar. */
export function SplitBar({ first, second, words }: { first: number; second: number; words: string }) {
  const total = first + second;
  const share = total > 0 ? (first / total) * 100 : 0;
  return (
    <div title={words} aria-hidden className="flex h-7 items-end">
      <div className="flex h-2 w-full gap-0.5 overflow-hidden rounded-full">
        <div className="bg-series-1" style={{ width: `${share}%` }} />
        <div className="grow bg-series-1 opacity-30" />
      </div>
    </div>
  );
}

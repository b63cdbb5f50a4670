/** What a figure is made of: two parts of one bar. */
export function SplitBar({ first, second, words }: { first: number; second: number; words: string }) {
  const total = first + second;
  const share = total > 0 ? (first / total) * 100 : 0;
  return (
    <div title={words} aria-hidden className="flex h-7 items-end">
      <svg className="block h-2 w-full overflow-hidden rounded-full">
        <rect width={`${share}%`} height="100%" className="fill-series-1" />
        <rect x={`${share}%`} width={`${100 - share}%`} height="100%" transform="translate(2)" className="fill-series-1 opacity-30" />
      </svg>
    </div>
  );
}

/** The lines a merchant pastes: calls made before the script is here wait in a list. */
export function siteSnippet(origin: string, writeKey: string): string {
  return `<script>window.perennial={q:[]};["track","identify","consent","reset"].forEach(function(n){perennial[n]=function(){perennial.q.push([n,[].slice.call(arguments)])}})</script>
<script async src="${origin}/perennial.js?v=1" data-key="${writeKey}"></script>`;
}

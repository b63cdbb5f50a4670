/** docs/filter-language.md is the registry's own words. `UPDATE_DOCS=1` writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { GROUPS } from './conditions/condition.ts';
import { CONDITIONS } from './conditions/registry.ts';
import { MAX_CONDITIONS, MAX_DEPTH } from './filter.ts';
import { NUMBER_NAMES, NUMBERS } from './numbers.ts';
import { MAX_CHARACTERS } from './text/parse.ts';

const file = new URL('../../docs/filter-language.md', import.meta.url);

const INTRODUCTION = `# The filter language

Written from \`core/segments/conditions/\`; a test compares. A filter is a tree of conditions: in JSON \`{ "all": […] }\`, \`{ "any": […] }\`, \`{ "not": … }\` over conditions such as \`{ "is": "orders.count", "op": "gte", "value": 2 }\`, in words what stands below. What it means to the last bit says [0041](decisions/0041-filter-language.md).

- \`and\` binds closer than \`or\`; \`not\` and brackets as usual: \`orders.total > 200 and not (stage = lapsed or in segment "VIP")\`. What follows \`#\` is a comment.
- Numbers are compared with \`=\` \`!=\` \`>\` \`>=\` \`<\` \`<=\` \`between 10 and 20\`; texts with \`=\` \`!=\` \`in ("a", "b")\` \`not in ("a")\` \`contains\` \`starts_with\` \`ends_with\`, whatever their case; days with \`on\` \`before\` \`after\` \`between\` \`last 7 days\` \`next 7 days\` \`older than 30 days\`. \`known\` and \`unknown\` ask whether there is a value; any other comparison with what is not known fails.
- Money is in whole units of the company's currency, shares lie between 0 and 1.
- \`within 90 days\` (or hours, weeks) counts back from now to the second; \`from\` and \`to\` are days of the company's calendar, both included. Orders are narrowed by \`product\` (id, SKU or name), \`category\`, \`channel\`, \`platform\` and \`currency\`, events by one or more \`where "property" …\`.
- A filter has at most ${MAX_CONDITIONS} conditions, ${MAX_DEPTH} levels and ${MAX_CHARACTERS.toLocaleString('en-US')} characters. What is more goes into a segment of its own, which \`in segment\` names; a circle is refused with its path.
`;

function documentText(): string {
  const groups = GROUPS.map((group) => {
    const rows = CONDITIONS.filter((one) => one.group === group).map(({ label, example, description }) => `| ${label} | \`${example}\` | ${description} |`);
    return `## ${group}\n\n| condition | for example | what it says |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${INTRODUCTION}\n${groups.join('\n')}\nNumbers that \`top 10% by …\` knows of everybody: ${NUMBER_NAMES.map((name) => `\`${name}\` (${NUMBERS[name].label.toLowerCase()})`).join(', ')}.\n`;
}

it('says what the registry has', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, documentText());
  expect(readFileSync(file, 'utf8')).toBe(documentText());
});

/** The API document as one plain page: no scripts, nothing fetched from anywhere. */
import { z } from 'zod';

const schemaObject = z.record(z.string(), z.unknown());
const content = z.record(z.string(), z.object({ schema: schemaObject.optional() })).optional();
const operation = z.object({
  tags: z.array(z.string()).optional(),
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean().optional(), description: z.string().optional(), schema: schemaObject.optional() })).optional(),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string().optional(), content })).optional(),
});
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const document = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string().optional() }),
  paths: z.record(z.string(), z.partialRecord(z.enum(METHODS), operation)),
  components: z.object({ schemas: z.record(z.string(), schemaObject).optional() }).optional(),
});

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in oklch, CanvasText 14%, Canvas); --soft: color-mix(in oklch, CanvasText 60%, Canvas); --accent: oklch(0.52 0.11 160); }
@media (prefers-color-scheme: dark) { :root { --accent: oklch(0.76 0.12 160); } }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 6rem; background: Canvas; color: CanvasText; font: 14px/1.5 Inter, system-ui, sans-serif; }
h1 { font-size: 28px; line-height: 1.15; } h2 { font-size: 20px; margin-top: 3rem; } a { color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; } p { max-width: 46rem; }
details { border-top: 1px solid var(--line); } details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: .6rem 0; display: flex; gap: .75rem; flex-wrap: wrap; align-items: baseline; }
summary b { width: 3.5rem; color: var(--accent); font-weight: 600; } summary span { color: var(--soft); }
code, pre { font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; } pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; margin-bottom: 1rem; } th, td { text-align: left; padding: .35rem .75rem .35rem 0; vertical-align: top; border-top: 1px solid var(--line); } th { font-weight: 600; }
`;

/**
 * @param openapi the OpenAPI document, as JSON.
 * @param nonce of the answer, which its style carries.
 */
export function documentPage(openapi: unknown, nonce: string): string {
  const { info, paths, components } = document.parse(openapi);
  const named = components?.schemas ?? {}, apart = recursiveNames(named);
  const schemas = Object.fromEntries(Object.entries(named).filter(([name]) => !apart.has(name)));
  const sections = new Map<string, string[]>();
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const one = item[method];
      if (one === undefined) continue;
      const tag = one.tags?.[0] ?? 'other';
      sections.set(tag, [...(sections.get(tag) ?? []), operationHtml(method, path, one, schemas)]);
    }
  }
  const nav = [...sections.keys()].map((tag) => `<a href="#${escape(tag)}">${escape(tag)}</a>`).join('');
  const body = [...sections].map(([tag, items]) => `<h2 id="${escape(tag)}">${escape(tag)}</h2>${items.join('')}`).join('');
  const told = [...apart].map((name) => shapeHtml(name, named[name] ?? {}, schemas)).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(info.title)}</title><style nonce="${nonce}">${STYLE}</style></head><body><main><h1>${escape(info.title)}</h1><p>${escape(info.description ?? '')}</p>
<p>For programs: <a href="/api/openapi.json">openapi.json</a>, OpenAPI 3.1.</p><nav aria-label="Sections">${nav}<a href="#shapes">shapes</a></nav>${body}<h2 id="shapes">shapes</h2>${told}</main></body></html>`;
}

type Schemas = Record<string, Record<string, unknown>>;

function shapeHtml(name: string, { description, examples, ...schema }: Record<string, unknown>, schemas: Schemas): string {
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  return `<details><summary><code>${escape(name)}</code><span>${escape(typeof description === 'string' ? description : '')}</span></summary><pre>${escape(typeText(schema, schemas, 0))}</pre>${example === undefined ? '' : `<p>For example</p><pre>${escape(JSON.stringify(example))}</pre>`}</details>`;
}

function operationHtml(method: string, path: string, one: z.infer<typeof operation>, schemas: Schemas): string {
  const parameters = one.parameters ?? [];
  const rows = parameters.map((p) => `<tr><td><code>${escape(p.name)}</code></td><td>${escape(p.in)}${p.required === true ? ', required' : ''}</td><td>${escape(p.description ?? typeText(p.schema ?? {}, schemas, 0))}</td></tr>`);
  const table = rows.length > 0 ? `<table><thead><tr><th>Parameter</th><th>In</th><th>What</th></tr></thead><tbody>${rows.join('')}</tbody></table>` : '';
  const asked = contentHtml('Body', one.requestBody?.content, schemas);
  const answers = Object.entries(one.responses ?? {}).filter(([status]) => status !== 'default')
    .map(([status, r]) => `<p><code>${escape(status)}</code> ${escape(r.description ?? '')}</p>${contentHtml('', r.content, schemas)}`).join('');
  return `<details><summary><b>${method.toUpperCase()}</b><code>${escape(path)}</code><span>${escape(one.summary ?? '')}</span></summary><p>${escape(one.description ?? '')}</p>${table}${asked}${answers}</details>`;
}

function contentHtml(title: string, of: z.infer<typeof content>, schemas: Schemas): string {
  return Object.entries(of ?? {}).map(([type, { schema }]) =>
    `<p>${escape([title, type].filter(Boolean).join(': '))}</p>${schema === undefined ? '' : `<pre>${escape(typeText(schema, schemas, 0))}</pre>`}`).join('');
}

/** Names of schemas that one refers to, directly or through others. */
function namesWithin(of: unknown, schemas: Schemas, found = new Set<string>()): Set<string> {
  if (typeof of !== 'object' || of === null) return found;
  for (const [key, value] of Object.entries(of)) {
    const name = key === '$ref' && typeof value === 'string' ? value.split('/').at(-1) : undefined;
    if (name === undefined) namesWithin(value, schemas, found);
    else if (!found.has(name)) namesWithin(schemas[name], schemas, found.add(name));
  }
  return found;
}

/** Schemas that refer to themselves, and what they are made of: told once, and by their names elsewhere. */
function recursiveNames(schemas: Schemas): Set<string> {
  return new Set(Object.entries(schemas).flatMap(([name, one]) => {
    const within = namesWithin(one, schemas);
    return within.has(name) ? [...within] : [];
  }));
}

const MAX_DEPTH = 6;
const list = z.array(schemaObject);

/** A schema in the notation of TypeScript, which most readers of an API know. */
function typeText(schema: Record<string, unknown>, schemas: Schemas, depth: number): string {
  const reference = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
  if (reference !== undefined) {
    const named = schemas[reference];
    return named === undefined || depth >= MAX_DEPTH ? reference : typeText(named, schemas, depth);
  }
  for (const key of ['anyOf', 'oneOf'] as const) {
    const options = list.safeParse(schema[key]);
    if (options.success) return options.data.map((option) => typeText(option, schemas, depth)).join(' | ');
  }
  const all = list.safeParse(schema['allOf']);
  if (all.success) return all.data.map((part) => typeText(part, schemas, depth)).join(' & ');
  if ('const' in schema) return JSON.stringify(schema['const']);
  const several = list.safeParse(schema['prefixItems']);
  if (several.success) return `[${several.data.map((part) => typeText(part, schemas, depth)).join(', ')}]`;
  const values = z.array(z.unknown()).safeParse(schema['enum']);
  if (values.success) return values.data.map((value) => JSON.stringify(value)).join(' | ');
  const items = schemaObject.safeParse(schema['items']);
  if (items.success) return `${typeText(items.data, schemas, depth)}[]`;
  const properties = z.record(z.string(), schemaObject).safeParse(schema['properties']);
  if (properties.success && depth < MAX_DEPTH) {
    const required = z.array(z.string()).catch([]).parse(schema['required']);
    const indent = '  '.repeat(depth + 1);
    const lines = Object.entries(properties.data).map(([name, property]) => {
      const note = typeof property['description'] === 'string' ? `  // ${property['description']}` : '';
      return `${indent}${name}${required.includes(name) ? '' : '?'}: ${typeText(property, schemas, depth + 1)}${note}`;
    });
    return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
  }
  return [schema['type']].flat().filter((one) => typeof one === 'string').join(' | ') || 'any';
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

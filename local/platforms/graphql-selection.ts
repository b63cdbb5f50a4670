// As much of GraphQL's language as a stand-in for Shopify needs: which fields are asked for, and with what arguments.

export type Field = { name: string; args: Record<string, string>; fields: Field[] }

/** The fields of a document's only operation; inline fragments are taken as if their fields stood outside. @throws Error in words */
export function parseSelection(text: string): Field[] {
  const tokens = [...text.matchAll(/"(?:\\.|[^"\\])*"|\.\.\.|[{}()[\]:!$=]|[\w-]+/g)].map(([token]) => token)
  let at = tokens.indexOf('{')
  if (at === -1) throw new Error('syntax error, unexpected end of file')
  const fields = (): Field[] => {
    const found: Field[] = []
    at += 1
    while (tokens[at] !== '}') {
      if (at >= tokens.length) throw new Error('syntax error, unexpected end of file')
      if (tokens[at] === '...') {
        // `... on Type {`
        at += 3
        found.push(...fields())
        continue
      }
      const field: Field = { name: tokens[at] ?? '', args: {}, fields: [] }
      at += 1
      if (tokens[at] === '(') {
        at += 1
        while (tokens[at] !== ')') {
          const name = tokens[at] ?? ''
          at += 2
          const isVariable = tokens[at] === '$'
          if (isVariable) at += 1
          field.args[name] = `${isVariable ? '$' : ''}${tokens[at] ?? ''}`
          at += 1
          if (at >= tokens.length) throw new Error('syntax error, unexpected end of file')
        }
        at += 1
      }
      if (tokens[at] === '{') field.fields = fields()
      found.push(field)
    }
    at += 1
    return found
  }
  return fields()
}

type Shaped = { [key: string]: unknown }
const isShaped = (value: unknown): value is Shaped => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Exactly what was asked for of `value`. Connections are lists here. @throws Error for a field that is not there */
export function project(value: Shaped, fields: readonly Field[], type: string): Shaped {
  return Object.fromEntries(fields.map((field) => {
    if (!(field.name in value)) throw new Error(`Field '${field.name}' doesn't exist on type '${type}'`)
    return [field.name, shape(value[field.name], field)]
  }))
}

function shape(value: unknown, field: Field): unknown {
  if (Array.isArray(value)) {
    const nodes = field.fields.find(({ name }) => name === 'nodes')
    const wanted = nodes?.fields ?? field.fields
    const list = value.map((one: unknown) => (isShaped(one) ? project(one, wanted, field.name) : one))
    return nodes === undefined ? list : { nodes: list.slice(0, Number(field.args.first ?? list.length)) }
  }
  return isShaped(value) ? project(value, field.fields, field.name) : value
}

/** The lines of a bulk operation's file for one object: itself, then each child with its parent's id. */
export function bulkLines(value: Shaped, fields: readonly Field[]): string[] {
  const isConnection = (field: Field): boolean => field.fields.some(({ name }) => name === 'edges')
  const own = project(value, fields.filter((field) => !isConnection(field)), 'Order')
  const children = fields.filter(isConnection).flatMap((field) => {
    const list = value[field.name]
    if (!Array.isArray(list)) throw new Error(`Field '${field.name}' doesn't exist on type 'Order'`)
    const node = field.fields.find(({ name }) => name === 'edges')?.fields.find(({ name }) => name === 'node')
    return list.filter(isShaped).map((child) => JSON.stringify({ ...project(child, node?.fields ?? [], field.name), __parentId: value.id }))
  })
  return [JSON.stringify(own), ...children]
}

/** Whether a connection stands inside a list, which a bulk query may not hold. `lists` names the list fields. */
export function hasConnectionInList(fields: readonly Field[], lists: ReadonlySet<string>, inside = false): boolean {
  return fields.some((field) => (inside && field.fields.some(({ name }) => name === 'edges' || name === 'nodes')) || hasConnectionInList(field.fields, lists, inside || lists.has(field.name)))
}

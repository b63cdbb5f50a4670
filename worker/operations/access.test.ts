/** Walks the source: every operation asks for a permission, and every one that changes something keeps what was done. */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { permissionTable, PERMISSIONS } from './permissions.ts';

/** Called by pages or the API with a company's context, and asking for nothing: each with why that is right. */
const ASKS_NOTHING: Record<string, string> = {
  'accounts.currentCompany': 'everybody signed in may know which company that is',
  'accounts.currentUser': 'everybody may know who they are',
  'permissions.requirePermission': 'asks',
  'permissions.requirePerson': 'asks',
  'rebuild.currentRebuild': 'whether figures are being recounted concerns everybody who sees figures',
};

/** Asks for a permission to change, and keeps no entry: each with why. */
const KEEPS_NOTHING: Record<string, string> = {
  'accept.acceptCustomers': 'what comes in is counted by source and day, not kept row by row',
  'accept.acceptEvents': 'what comes in is counted by source and day, not kept row by row',
  'accept.acceptTransactions': 'what comes in is counted by source and day, not kept row by row',
  'accept.getBatch': 'reads',
  'api-keys.listApiKeys': 'reads',
  'cluster-rule.clusterRule': 'reads, for those who may change the segment by it',
  'demo-order.prepareLiveOrder': 'signs an order; what it brings is counted like every delivery',
  'identities.listOwnIdentities': 'reads',
  'identity-sign-in.beginLinking': 'sends a browser away; the way back links, and keeps that',
  'import-mappings.mappingByName': 'reads for an import, and notes when it was last used',
  'integrations.integrationSettings': 'reads, without secrets',
  'invitations.listInvitations': 'reads',
  'credentials.readOwnAccount': 'reads',
  'mfa.pendingMfa': 'reads',
  'mfa.readOwnMfa': 'reads',
  'own-password.requireOwnPassword': 'reads',
  'save-cluster.saveCluster': 'the segment that it makes keeps an entry',
  'segment-lists.uploadList': 'the segment that it makes keeps an entry',
  'sessions.listOwnSessions': 'reads',
  'integrations.signingSecret': 'shows nobody the secret',
};

/** What a person may do with their own account, whatever their role. */
const OWN_ACCOUNT = 'own_account';

interface Operation {
  name: string;
  /** Permissions asked for, here or in functions of the same file that it calls. */
  asks: string[];
  keeps: boolean;
  takesContext: boolean;
}

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));

function operationsOf(file: string): Operation[] {
  const source = ts.createSourceFile(file, readFileSync(new URL(file, folder), 'utf8'), ts.ScriptTarget.Latest, true);
  const functions = source.statements.filter(ts.isFunctionDeclaration);
  const bodies = new Map(functions.flatMap((one) => (one.name === undefined ? [] : [[one.name.text, one] as const])));

  /** Calls of `of`, followed through the functions of this file. */
  const callsIn = (of: ts.Node, seen: Set<string>): ts.CallExpression[] => {
    const found: ts.CallExpression[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        found.push(node);
        const called = ts.isIdentifier(node.expression) ? node.expression.text : '';
        const inside = bodies.get(called);
        if (inside !== undefined && !seen.has(called)) found.push(...callsIn(inside, seen.add(called)));
      }
      ts.forEachChild(node, visit);
    };
    ts.forEachChild(of, visit);
    return found;
  };
  return functions.filter((one) => one.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)).map((one) => {
    const calls = callsIn(one, new Set());
    const named = (name: string) => calls.filter(({ expression }) => ts.isIdentifier(expression) && expression.text === name);
    return {
      name: `${file.replace(/\.ts$/, '')}.${one.name?.text ?? ''}`,
      asks: [
        ...named('requirePermission').flatMap(({ arguments: [, asked] }) => (asked !== undefined && ts.isStringLiteral(asked) ? [asked.text] : [])),
        ...named('requirePerson').map(() => OWN_ACCOUNT),
      ],
      keeps: ['audited', 'auditedAs', 'keepDeed'].some((name) => named(name).length > 0),
      takesContext: one.parameters.some(({ type }) => type !== undefined && /\bTenantContext\b/.test(type.getText(source))),
    };
  });
}

/** Names that pages, the API and the other doors take from operations; jobs run as the machine itself. */
function calledByFaces(): Set<string> {
  const root = new URL('../../', folder);
  const faces = ['app', 'worker/api', 'worker/webhooks', 'worker/context'].flatMap((room) => readdirSync(new URL(`${room}/`, root), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.')).map((file) => new URL(`${room}/${file}`, root)));
  return new Set(faces.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^import \{([^}]*)\} from '#operations\/([\w-]+)'/gm)]
    .flatMap(([, names = '', module = '']) => names.split(',').map((name) => `${module}.${name.trim().split(' as ')[0] ?? ''}`))));
}

const operations = files.flatMap(operationsOf);
const called = calledByFaces();
const changing = new Set<string>([...permissionTable().filter((one) => one.changes).map((one) => one.permission), OWN_ACCOUNT]);

describe('every operation', () => {
  it('that pages or the API call for a company asks for a permission, or is known to need none', () => {
    expect(operations.filter((one) => called.has(one.name)).length).toBeGreaterThan(90);
    const silent = operations.filter((one) => called.has(one.name) && one.takesContext && one.asks.length === 0).map((one) => one.name).toSorted();
    expect(silent).toEqual(Object.keys(ASKS_NOTHING).toSorted());
  });

  it('asks for permissions that stand in the table, and each of the table is asked for', () => {
    const asked = new Set(operations.flatMap((one) => one.asks).filter((one) => one !== OWN_ACCOUNT));
    expect([...asked].toSorted()).toEqual([...PERMISSIONS].toSorted());
  });

  it('keeps what was done if it may change something, or is known to change nothing', () => {
    const quiet = operations.filter((one) => one.asks.some((permission) => changing.has(permission)) && !one.keeps).map((one) => one.name).toSorted();
    expect(quiet).toEqual(Object.keys(KEEPS_NOTHING).toSorted());
  });
});

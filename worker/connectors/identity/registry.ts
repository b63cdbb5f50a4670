/** The list of providers of identities. A new one is a file beside this one and a line here. */
import { github } from './github.ts';
import { google } from './google.ts';
import { microsoft } from './microsoft.ts';
import type { IdentityProvider } from './provider.ts';

export const identityProviders: readonly IdentityProvider[] = [google, microsoft, github];

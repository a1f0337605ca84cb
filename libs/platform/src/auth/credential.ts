import { PERMISSIONS } from '@jiga/contracts';
import type { Permission } from '@jiga/contracts';

/** What a credential may do with the API. `admin` includes the others and reaches the sessions of every owner. */
export const SCOPES = ['sessions:create', 'sessions:read', 'sessions:configure', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** The one session that a session token is good for, and how much it may do there. */
export interface SessionRestriction {
  readonly id: string;
  readonly permission: Permission;
}

/** Who is calling. Made by a {@link CredentialVerifier}; never holds the secret itself. */
export interface Credential {
  /** Stable name of the credential, for counting, limits and the audit trail. */
  readonly id: string;
  /** Sessions belong to an owner; a credential sees those of its own unless it is admin. */
  readonly owner: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly isAdmin: boolean;
  /** Present: a session token, good for this session alone whatever else the owner has. */
  readonly session?: SessionRestriction;
  /** Present: the server connects to itself for that session; such a socket is not a client's. */
  readonly isOwn?: true;
  /** Id of the credential that issued this one, and whose end is the end of this one too. */
  readonly issuedBy?: string;
  /** Unix seconds; absent = it does not expire. */
  readonly expiresAt?: number;
}

export const hasScope = (credential: Credential, scope: Scope): boolean =>
  credential.isAdmin || credential.scopes.has(scope);

/** Whether the credential may know of what belongs to `owner`. */
export const maySee = (credential: Credential, owner: string): boolean =>
  credential.isAdmin || credential.owner === owner;

/** Whether the credential may know of this session; to one that may not, it does not exist. */
export const maySeeSession = (
  credential: Credential,
  session: { readonly id: string; readonly owner: string },
): boolean => maySee(credential, session.owner) && (!credential.session || credential.session.id === session.id);

/** Each permission includes the ones before it. */
export const includesPermission = (held: Permission, needed: Permission): boolean =>
  PERMISSIONS.indexOf(held) >= PERMISSIONS.indexOf(needed);

const SCOPES_OF_PERMISSION: Readonly<Record<Permission, readonly Scope[]>> = {
  view: ['sessions:read'],
  configure: ['sessions:read', 'sessions:configure'],
  // Not the scope `admin`: that one reaches every session.
  admin: ['sessions:read', 'sessions:configure'],
};

/** What a token with this permission may do with its session. */
export const scopesOf = (permission: Permission): ReadonlySet<Scope> => new Set(SCOPES_OF_PERMISSION[permission]);

/** The most that a credential may do with a session that it sees; null = nothing. */
export function permissionOf(credential: Credential): Permission | null {
  if (credential.session) return credential.session.permission;
  if (credential.isAdmin) return 'admin';
  if (credential.scopes.has('sessions:configure')) return 'configure';
  return credential.scopes.has('sessions:read') ? 'view' : null;
}

import { createParamDecorator, Inject, Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, CustomDecorator, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import { AppError } from '@jiga/contracts';

import { noteCaller } from '../audit/caller.js';
import { pathOf } from '../errors/send-problem.js';
import { Authenticator } from './authenticator.js';
import { hasScope, type Credential, type Scope } from './credential.js';
import { RemoteAddresses } from './remote-address.js';
import { confineToSession } from './session-confinement.js';

const PUBLIC = 'jiga:public';
const SCOPE = 'jiga:scope';
const OPEN = 'jiga:open-to-session-tokens';
const CREDENTIAL = Symbol.for('jiga:credential');

/** The route answers without a credential. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);
/** The route needs a credential with this scope. */
export const RequireScope = (scope: Scope): CustomDecorator => SetMetadata(SCOPE, scope);
/** The route belongs to no session and shows nothing of anybody: session tokens may read it too. */
export const OpenToSessionTokens = (): CustomDecorator => SetMetadata(OPEN, true);

type AuthenticatedRequest = FastifyRequest & { [CREDENTIAL]?: Credential };

const requestOf = (context: ExecutionContext): AuthenticatedRequest =>
  context.switchToHttp().getRequest<AuthenticatedRequest>();

/** The credential of the request that is being answered; null on a {@link Public} route and off HTTP. */
export const credentialOf = (context: ExecutionContext): Credential | null =>
  context.getType() === 'http' ? (requestOf(context)[CREDENTIAL] ?? null) : null;

/** Parameter decorator: the credential of this request, on a route that is not {@link Public}. */
export const CurrentCredential = createParamDecorator((_: unknown, context: ExecutionContext): Credential => {
  const credential = credentialOf(context);
  if (!credential) throw new AppError('unauthenticated');
  return credential;
});

/** Every HTTP route needs a credential unless it says otherwise. Sockets authenticate by themselves. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(RemoteAddresses) private readonly addresses: RemoteAddresses,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
    const request = requestOf(context);
    const credential = await this.authenticator.authenticateRequest(request.raw);
    request[CREDENTIAL] = credential;
    noteCaller({ credentialId: credential.id, remoteAddress: this.addresses.of(request.raw) });
    const isOpen = this.reflector.getAllAndOverride<boolean | undefined>(OPEN, targets) ?? false;
    confineToSession(credential, request.method, pathOf(request), isOpen);
    const scope = this.reflector.getAllAndOverride<Scope | undefined>(SCOPE, targets);
    if (scope && !hasScope(credential, scope)) throw new AppError('forbidden', `This needs the scope ${scope}.`);
    return true;
  }
}

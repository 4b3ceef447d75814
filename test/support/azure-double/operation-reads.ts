import { Refusal } from './answer.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';

/** What became of an operation: its status, and under `monitor=true` its result. */
export function operationReads({ operations }: Service): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/subscriptions/{sub}/providers/Microsoft.Compute/locations/{region}/operations/{operation}',
      cost: 'operation',
      right: 'Microsoft.Compute/locations/operations/read',
      handle: (call, { operation: id = '' }) => {
        const operation = operations.find(id, call.target);
        if (operation === undefined) throw new Refusal(404, 'NotFound', `The operation '${id}' could not be found.`);
        if (operation === null)
          throw new Refusal(
            403,
            'AuthorizationFailed',
            'The signature of the polling address does not fit the request.',
          );
        if (call.query.get('monitor') !== 'true')
          return { status: 200, body: operations.statusBody(operation), layout: 'pretty' };
        if (operation.status === 'InProgress') return { status: 202, headers: operations.headersOf(operation) };
        if (operation.error !== null) throw new Refusal(409, operation.error.code, operation.error.message);
        return operation.output === null ? { status: 200 } : { status: 200, body: operation.output, layout: 'pretty' };
      },
    },
  ];
}

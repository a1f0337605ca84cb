import { describe, expect, it } from '@jest/globals';

import { RouteTable } from './route-table.js';

describe('RouteTable', () => {
  const table = new RouteTable();
  table.add(['GET', 'HEAD'], '/a/:id');
  table.add('DELETE', '/a/:id');
  table.add('GET', '/a.b');
  table.add('GET', '/files/*');
  table.add('OPTIONS', '*');

  it('knows the methods of a path, whatever stands for its parameters', () => {
    expect(table.methodsOf('/a/1')).toEqual(['DELETE', 'GET', 'HEAD']);
    expect(table.methodsOf('/files/x/y.js')).toEqual(['GET']);
  });

  it('takes paths as they are written', () => {
    expect(table.methodsOf('/a/1/2')).toEqual([]);
    expect(table.methodsOf('/aXb')).toEqual([]);
    expect(table.methodsOf('/')).toEqual([]);
  });
});

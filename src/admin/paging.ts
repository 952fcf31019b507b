import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { Type as Convert } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

/** The query of every list; extend it with a list's own filters. */
export class PageQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    default: 1,
    description: 'First page is 1',
  })
  @Convert(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  page: number = 1;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 500,
    default: 50,
    description: 'Items on a page',
  })
  @Convert(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  pageSize: number = 50;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly page: number;
  readonly pageSize: number;
  /** Of all pages. */
  readonly total: number;
}

/** The page that was asked for, from the rows found and the count of all (TypeORM's `findAndCount`). */
export function pageOf<T>(query: PageQuery, [items, total]: readonly [readonly T[], number]): Page<T> {
  return { items, page: query.page, pageSize: query.pageSize, total };
}

/** `skip` and `take` of TypeORM for the page that was asked for. */
export function rowsOf(query: PageQuery): { skip: number; take: number } {
  return { skip: (query.page - 1) * query.pageSize, take: query.pageSize };
}

/** Documents a handler's answer as a page of `Item`. */
export function pageSchema(Item: Type<unknown>) {
  const count = { type: 'integer', minimum: 0 } as const;
  return applyDecorators(
    ApiExtraModels(Item),
    ApiOkResponse({
      description: 'One page',
      schema: {
        type: 'object',
        required: ['items', 'page', 'pageSize', 'total'],
        properties: {
          items: { type: 'array', items: { $ref: getSchemaPath(Item) } },
          page: count,
          pageSize: count,
          total: { ...count, description: 'Of all pages' },
        },
      },
    }),
  );
}

import { z } from 'zod';

const pointStatusSchema = z.enum(['Valid', 'Projected', 'NotStatisticallySignificant']);

/** What a metric answers instead of what follows from the fleet. */
export const newMetricSchema = z
  .strictObject({
    /** In each bucket. */
    value: z.number().optional(),
    /** Points in time; a bucket without one has no data. */
    series: z.array(z.strictObject({ at: z.iso.datetime(), value: z.number() })).optional(),
    status: pointStatusSchema.default('Valid'),
    /** Such as `{PlaceVersion: '7'}`: answers only queries that ask for it, by filter or breakdown. */
    breakdown: z.record(z.string(), z.string()).default({}),
  })
  .refine(({ value, series }) => (value === undefined) !== (series === undefined), 'either value or series');
export type StoredMetric = z.output<typeof newMetricSchema>;

export const metricQuerySchema = z.strictObject({
  metric: z.string().min(1),
  granularity: z.enum(['OneMinute', 'HalfHour', 'OneHour', 'OneDay', 'OneWeek', 'OneMonth', 'None']),
  startTime: z.iso.datetime({ offset: true }),
  endTime: z.iso.datetime({ offset: true }),
  breakdown: z.array(z.string()).default([]),
  filter: z
    .array(
      z.strictObject({
        dimension: z.string(),
        values: z.array(z.string()).default([]),
        operation: z.enum([
          'In',
          'NotIn',
          'GreaterThan',
          'GreaterThanOrEqual',
          'LessThan',
          'LessThanOrEqual',
          'Match',
        ]),
      }),
    )
    .default([]),
  limit: z.int().positive().optional(),
});
export type MetricQuery = z.output<typeof metricQuerySchema>;

export const metricOperationSchema = z.object({
  universeId: z.string(),
  query: metricQuerySchema,
  createdAt: z.number(),
  readyAt: z.number(),
});

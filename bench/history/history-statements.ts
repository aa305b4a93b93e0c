export interface HistorySize {
  deployments: number;
  holds: number;
}

/** Slugs of what the benches ask about. */
export const historySlugs = {
  /** One of the busiest of the public services. */
  busyService: "service-2",
  /** Public, and never shipped to an environment that is shown. */
  unshownService: "service-198",
  /** Public; its last public line is years old. */
  formerService: "service-199",
  /** Public; for years what it asks for in production has been called off: a fiftieth of all deployments. */
  calledOffService: "service-200",
} as const;

const services = 200;
const years = 5;

/**
 * Five years of ever more deployments: 200 services, a quarter of them public, few with most of the deployments; three
 * environments, of which production is shown. A release is deployed four times; a third of the releases have a note.
 */
export function historyStatements(size: HistorySize): string[] {
  return [...places, ...draw(size), ...releases, notes, deployments, holds(size), ...lines, ...live];
}

/** Ever denser towards now. */
const momentOf = (share: string) => `now() - interval '${years} years' * (1 - (${share}) ^ 0.6)`;

const places = [
  "delete from environments",
  `insert into environments (slug, name, position, is_production, is_shown) values
    ('testing', 'Testing', 1, false, false), ('staging', 'Staging', 2, false, false),
    ('production', 'Production', 3, true, true)`,
  "insert into teams (name) select 'Team ' || n from generate_series(1, 20) as n",
  `insert into users (email, name, role)
    select 'user-' || n || '@example.org', 'User ' || n, 'engineer' from generate_series(1, 100) as n`,
  `insert into services (slug, name, team, repository_url, default_branch, is_public, created_at)
    select 'service-' || n, 'Service ' || n, 'Team ' || 1 + n % 20, 'file:///nowhere', 'main',
      n % 4 = 2 or n > 197, now() - interval '${years} years'
    from generate_series(1, ${services}) as n`,
  `insert into service_environments (service_id, environment_id)
    select services.id, environments.id from services cross join environments
    where services.slug <> '${historySlugs.unshownService}' or not environments.is_shown
    order by services.id, environments.position`,
  "insert into artifacts (digest, bytes, file_count) select md5('artifact' || n), 1000000, 100 from generate_series(0, 999) as n",
];

/** A service of few: the square makes the first ones the busiest. */
const drawnService = `1 + floor(${services - 1} * random() ^ 2)::int`;

/** What is called off for years is a service's of its own; what is former has none of the later deployments. */
function draw(size: HistorySize): string[] {
  return [
    `create temporary table drawn on commit drop as
      with drawn as (
        select n, n / ${size.deployments}::float8 as share, random() as kind, random() as outcome, random() as place,
          random() as wait, case when random() < 0.02 then ${services} else ${drawnService} end as service
        from generate_series(1, ${size.deployments}) as n),
      told as (
        select n, service, wait, ${momentOf(`case when service = ${services - 1} then share * 0.1 else share end`)} as requested_at,
          case when kind < 0.55 then 'deploy' when kind < 0.80 then 'promote' when kind < 0.84 then 'roll-forward'
            when kind < 0.87 then 'switch-back' when kind < 0.93 then 'restart' when kind < 0.95 then 'scale'
            else 'configure' end as kind,
          case when service = ${services} and share > 0.1 then 'cancelled' when outcome < 0.87 then 'succeeded'
            when outcome < 0.94 then 'failed' else 'cancelled' end as status,
          case when service = ${services} then 'production'
            when service = ${services - 2} then (array['testing', 'staging'])[1 + n % 2]
            when place < 0.25 then 'testing' when place < 0.65 then 'staging' else 'production' end as environment
        from drawn)
      select n, service_id, service_environments.id as place, kind, status, requested_at, wait,
        1 + ((row_number() over (partition by service_id order by n) - 1) / 4)::int as number
      from told join services on services.slug = 'service-' || service
        join environments on environments.slug = environment
        join service_environments on service_id = services.id and environment_id = environments.id`,
    "analyze drawn",
  ];
}

const releases = [
  `insert into releases (service_id, number, sha, subject, author_name, committed_at, settings_file, artifact_digest, created_at)
    select service_id, number, md5('release' || first) || substr(md5(first::text), 1, 8),
      (array['Fix', 'Add', 'Improve', 'Rework'])[1 + first % 4] || ' the ' ||
        (array['search', 'checkout', 'report', 'import', 'sign-in', 'menu'])[1 + first % 6] || ' of part ' || first,
      'User ' || 1 + first % 100, requested_at - interval '1 second' * (600 + 40000 * wait), '{"service":"any"}',
      md5('artifact' || first % 1000), requested_at - interval '1 minute'
    from (
      select service_id, number, min(n) as first, min(requested_at) as requested_at, min(wait) as wait
      from drawn group by service_id, number) as made
    order by first`,
  "analyze releases",
];

/** One in twenty was written a second time. */
const notes = `
  insert into notes (service_id, sha, kind, text, written_by_name, written_at)
  select service_id, sha, (array['new', 'better', 'fixed'])[1 + id / 3 % 3],
    (array['The search', 'The checkout', 'The monthly report', 'The import of addresses', 'Signing in', 'The menu'])[1 + id / 3 % 6]
      || (array[' is **twice** as fast.', ' shows prices with tax.', ' works on small screens.', ' no longer loses a line.'])[1 + id / 3 % 4]
      || ' Thank you for telling us; it was number ' || id || ' on our list.'
      || case when id % 10 = 0 then ' More at [the handbook](https://example.org/' || id || ').' else '' end,
    author_name, committed_at + interval '4 minutes'
  from releases cross join lateral generate_series(1, case when id % 60 = 0 then 2 else 1 end)
  where id % 3 = 0 order by id`;

/** What was live before is told in the order of the switches, which is not that of the requests. */
const deployments = `
  insert into deployments (id, service_environment_id, kind, status, sha, subject, author_name, release_id,
    previous_release_id, pool, requested_by, requested_by_name, requested_at, started_at, switched_at, finished_at,
    failed_step, failure_reason, lease_number) overriding system value
  select n, place, kind, status, sha, subject, author_name, release_id,
    case when switched_at is not null then
      lag(release_id) over (partition by place, switched_at is null order by switched_at, n) end,
    'blue', 1 + n % 100, 'User ' || 1 + n % 100, requested_at,
    case when status <> 'cancelled' then requested_at + interval '1 second' * (1 + 20 * wait) end,
    switched_at, requested_at + interval '1 second' * (70 + 620 * wait),
    case when status = 'failed' then 'test' end, case when status = 'failed' then 'npm test ended with 1.' end,
    case when status = 'cancelled' then 0 else 1 end
  from (
    select n, place, drawn.kind, status, sha, subject, author_name, releases.id as release_id, requested_at, wait,
      case when status = 'succeeded' then requested_at + interval '1 second' * (60 + 600 * wait) end as switched_at
    from drawn join releases using (service_id, number)) as made
  order by n`;

/** Of everything, of an environment, or of one of the places, for a day. */
function holds(size: HistorySize): string {
  return `
    insert into holds (environment_id, service_environment_id, reason, placed_by, placed_by_name, placed_at, ends_at)
    select case when n % 10 = 1 then (select id from environments where position = 1 + n / 10 % 3) end,
      case when n % 10 > 1 then 1 + n * 37 % (select max(id) from service_environments) end,
      'The big day', 1, 'User 1', moment, moment + interval '1 day'
    from (select n, ${momentOf(`n / ${size.holds}::float8`)} - interval '1 day' as moment
      from generate_series(1, ${size.holds}) as n) as drawn`;
}

const lines = [
  `insert into feed_items (service_environment_id, kind, state, happened_at, deployment_id)
    select service_environment_id, case kind when 'switch-back' then 'switch-back' when 'restart' then 'maintenance'
        when 'scale' then 'maintenance' when 'configure' then 'maintenance' else 'release' end,
      case status when 'succeeded' then 'live' else status end, coalesce(started_at, requested_at), id
    from deployments order by id`,
  `insert into feed_items (service_environment_id, environment_id, kind, state, happened_at, hold_id)
    select service_environment_id, environment_id, 'hold', 'lifted', placed_at, id from holds order by id`,
  "select setval(pg_get_serial_sequence('deployments', 'id'), max(id)) from deployments",
  `update services set last_release_number = newest.number
    from (select service_id, max(number) as number from releases group by service_id) as newest
    where newest.service_id = services.id`,
];

const live = [
  `insert into pools (service_environment_id, color, status, release_id, deployment_id)
    select service_environments.id, color, case color when 'blue' then 'ready' else 'empty' end,
      case color when 'blue' then newest.release_id end, case color when 'blue' then newest.id end
    from service_environments cross join (values ('blue'), ('green')) as colors (color)
      left join (
        select distinct on (service_environment_id) service_environment_id, release_id, id from deployments
        where status = 'succeeded' order by service_environment_id, id desc) as newest
        on newest.service_environment_id = service_environments.id`,
  `insert into pointers (service_environment_id, live_pool, generation)
    select service_environment_id, case when release_id is not null then color end, 1 from pools where color = 'blue'`,
];

/** What insights are made of, for the deployments that are there: sizes, reviews and incidents; and every day marked. */
export const insightStatements: readonly string[] = [
  `create temporary table brought on commit drop as
    select deployments.id, service_environment_id as place, release_id, previous_release_id, switched_at,
      1 + floor(-3 * ln(1 - random()))::int as commits, random() as size, random() as outcome
    from deployments join service_environments on service_environments.id = service_environment_id
      join environments on environments.id = environment_id and is_production
    where kind in ('deploy', 'promote', 'roll-forward') and switched_at is not null
      and release_id is distinct from previous_release_id
    order by deployments.id`,
  "analyze brought",
  // A commit is some minutes to some days old when it goes live; one in fifty deployments could not be measured.
  `insert into deployment_batches (deployment_id, service_environment_id, switched_at, commits, lines_changed, committed_at)
    select id, place, switched_at, case when outcome < 0.98 then commits end,
      case when outcome < 0.98 then floor(commits * exp(1 + 5 * size))::int end,
      case when outcome < 0.98 then (
        select array_agg(switched_at - interval '1 second' * (600 + (id * which * 7919) % 9973 * (1 + which)))
        from generate_series(1, commits) as which) end
    from brought`,
  `insert into health_reviews (deployment_id, service_environment_id, release_id, previous_release_id, state, opened_at,
      watch_until, watched_at)
    select id, place, release_id, previous_release_id, case when size < 0.6 then 'watched' else 'unwatched' end,
      switched_at, switched_at + interval '30 minutes', case when size < 0.6 then switched_at + interval '9 minutes' end
    from brought`,
  // The larger, the likelier; one in ten is dismissed.
  `insert into incidents (service_environment_id, state, source, title, deployment_id, release_id, began_at, detected_at,
      mitigated_at, mitigation, recovered_at, recovery_source, requests, affected)
    select place, state, 'verdict', 'Some requests fail.', case when commits % 5 > 0 then id end, release_id, began_at,
      began_at + length * 0.1, case when state = 'recovered' then began_at + length * 0.7 end,
      case when state = 'recovered' then 'itself' end, case when state = 'recovered' then began_at + length end,
      case when state = 'recovered' then 'rate' end, 10000, 300
    from (
      select *, switched_at + interval '1 second' * (30 + 600 * size) as began_at,
        interval '1 second' * (120 + 14400 * size ^ 3) as length,
        case when outcome * 1000 < commits then 'dismissed' else 'recovered' end as state
      from brought where outcome < 0.018 * commits) as felt`,
  `insert into insight_marks (service_environment_id, day)
    select distinct place, day from (
      select service_environment_id as place, (switched_at at time zone 'UTC')::date as day from deployments
        where switched_at is not null
      union all select service_environment_id, (began_at at time zone 'UTC')::date from incidents) as told
    order by day`,
];

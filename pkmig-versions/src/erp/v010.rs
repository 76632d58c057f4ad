//! V10: how people do, and when they work.

pkmig::migration! {
    V10 "performance and schedules" {
        create_extension btree_gist;

        create_table department {
            id: bigserial primary_key,
            tenant_id: bigint not_null references(sys_tenants.id, on_delete: cascade, name: fk_department_tenant_id),
            code: varchar(50) not_null comment("the short name within the tenant"),
            name: varchar(256) not_null,
            description: text,
            is_active: boolean not_null default(true),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_department_tenant_code (tenant_id, code),
            check chk_department_code ("code <> ''"),
            index idx_department_tenant (tenant_id),
            index idx_department_code_tenant (tenant_id, code),
            index idx_department_active (tenant_id, is_active) where("is_active = true"),
            trigger trg_department_updated_at before update for_each row execute update_updated_at_column(),
            comment "parts of the company",
        }

        create_table performance_criteria {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_performance_criteria_tenant_id),
            name: varchar(256) not_null,
            description: text,
            department_id: bigint
                references(department.id, on_delete: set_null, name: fk_performance_criteria_department_id)
                comment("where it counts; null means everywhere"),
            "type": varchar(50) not_null default("quantitative") comment("counted or judged"),
            weight: numeric(5, 2) not_null default(0) comment("its part of the whole, in percent"),
            max_score: numeric(5, 2) not_null default(100),
            is_active: boolean not_null default(true),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_performance_criteria_tenant_name_department (tenant_id, name, department_id),
            check chk_performance_criteria_type ("type IN ('quantitative', 'qualitative')"),
            check chk_performance_criteria_weight ("weight BETWEEN 0 AND 100"),
            check chk_performance_criteria_max_score ("max_score > 0"),
            index idx_performance_criteria_tenant (tenant_id),
            index idx_performance_criteria_department (department_id),
            index idx_performance_criteria_type ("type"),
            index idx_performance_criteria_active (tenant_id, is_active) where("is_active = true"),
            index idx_performance_criteria_tenant_department (tenant_id, department_id),
            index idx_performance_criteria_global (tenant_id) where("department_id IS NULL"),
            trigger trg_performance_criteria_updated_at before update for_each row execute update_updated_at_column(),
            comment "what people are judged by",
        }

        create_table performance_evaluation {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_performance_evaluation_tenant_id),
            staff_id: bigint not_null
                references(sys_users.id, on_delete: cascade, name: fk_performance_evaluation_staff_id),
            evaluator_id: bigint not_null
                references(sys_users.id, on_delete: set_null, name: fk_performance_evaluation_evaluator_id),
            period_start: date not_null,
            period_end: date not_null,
            overall_score: numeric(5, 2),
            status: varchar(50) not_null default("draft") comment("whether it has been agreed to"),
            notes: text,
            created_by_id: bigint
                references(sys_users.id, on_delete: set_null, name: fk_performance_evaluation_created_by_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            submitted_at: timestamptz,
            approved_by_id: bigint
                references(sys_users.id, on_delete: set_null, name: fk_performance_evaluation_approved_by_id),
            approved_at: timestamptz,
            rejected_by_id: bigint
                references(sys_users.id, on_delete: set_null, name: fk_performance_evaluation_rejected_by_id),
            rejected_at: timestamptz,
            rejection_reason: text,

            unique uq_performance_evaluation_tenant_staff_period (tenant_id, staff_id, period_start, period_end),
            check chk_performance_evaluation_status ("status IN ('draft', 'submitted', 'approved', 'rejected')"),
            check chk_performance_evaluation_dates ("period_end >= period_start"),
            check chk_performance_evaluation_score ("overall_score IS NULL OR overall_score BETWEEN 0 AND 100"),
            check chk_performance_evaluation_submitted_at ("submitted_at IS NULL OR submitted_at >= created_at"),
            check chk_performance_evaluation_approved_at ("approved_at IS NULL OR approved_at >= submitted_at"),
            check chk_performance_evaluation_rejected_at ("rejected_at IS NULL OR rejected_at >= submitted_at"),
            check chk_performance_evaluation_approved (
                "status = 'approved' AND approved_by_id IS NOT NULL OR status <> 'approved'"
            ),
            check chk_performance_evaluation_rejected (
                "status = 'rejected' AND rejected_by_id IS NOT NULL OR status <> 'rejected'"
            ),
            index idx_performance_evaluation_tenant (tenant_id),
            index idx_performance_evaluation_staff (staff_id),
            index idx_performance_evaluation_evaluator (evaluator_id),
            index idx_performance_evaluation_status (status),
            index idx_performance_evaluation_period (period_start, period_end),
            index idx_performance_evaluation_tenant_staff (tenant_id, staff_id),
            index idx_performance_evaluation_tenant_status (tenant_id, status),
            index idx_performance_evaluation_tenant_period (tenant_id, period_start, period_end),
            index idx_performance_evaluation_pending (tenant_id, status) where("status IN ('draft', 'submitted')"),
            index idx_performance_evaluation_approved (tenant_id, staff_id, period_end desc)
                where("status = 'approved'"),
            trigger trg_performance_evaluation_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "how somebody did in a period",
        }

        create_table performance_score {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_performance_score_tenant_id),
            evaluation_id: bigint not_null
                references(performance_evaluation.id, on_delete: cascade, name: fk_performance_score_evaluation_id),
            criteria_id: bigint not_null
                references(performance_criteria.id, on_delete: restrict, name: fk_performance_score_criteria_id),
            score: numeric(5, 2) not_null,
            comments: text,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_performance_score_evaluation_criteria (evaluation_id, criteria_id),
            check chk_performance_score_score ("score >= 0"),
            index idx_performance_score_tenant (tenant_id),
            index idx_performance_score_evaluation (evaluation_id),
            index idx_performance_score_criteria (criteria_id),
            index idx_performance_score_tenant_evaluation (tenant_id, evaluation_id),
            index idx_performance_score_tenant_criteria (tenant_id, criteria_id),
            trigger trg_performance_score_updated_at before update for_each row execute update_updated_at_column(),
            comment "the marks that make up an evaluation",
        }

        create_table leave_type {
            id: bigserial primary_key,
            tenant_id: bigint not_null references(sys_tenants.id, on_delete: cascade, name: fk_leave_type_tenant_id),
            code: varchar(50) not_null comment("the short name within the tenant"),
            name: varchar(256) not_null,
            description: text,
            requires_approval: boolean not_null default(true),
            is_paid: boolean not_null default(false),
            is_active: boolean not_null default(true),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_leave_type_tenant_code (tenant_id, code),
            check chk_leave_type_code ("code <> ''"),
            index idx_leave_type_tenant (tenant_id),
            index idx_leave_type_code_tenant (tenant_id, code),
            index idx_leave_type_active (tenant_id, is_active) where("is_active = true"),
            comment "reasons to be away",
        }

        create_table schedule {
            id: bigserial primary_key,
            tenant_id: bigint not_null references(sys_tenants.id, on_delete: cascade, name: fk_schedule_tenant_id),
            staff_id: bigint not_null references(sys_users.id, on_delete: cascade, name: fk_schedule_staff_id),
            start_time: timestamptz not_null,
            end_time: timestamptz not_null,
            shift_name: varchar(256) not_null default(""),
            total_minutes: integer not_null default(0),
            leave_type_id: bigint references(leave_type.id, on_delete: set_null, name: fk_schedule_leave_type_id),
            is_authorized: boolean not_null default(false),
            reason: varchar(500) not_null default(""),
            status: varchar(50) not_null default("draft")
                comment("only confirmed and completed shifts keep others away"),
            shift_report_id: bigint,
            is_confirmed: boolean not_null default(true),
            is_leader_shift: boolean not_null default(false),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_by_id: bigint references(sys_users.id, on_delete: set_null, name: fk_schedule_updated_by_id),
            authorized_at: timestamptz,
            authorized_by_id: bigint
                references(sys_users.id, on_delete: set_null, name: fk_schedule_authorized_by_id),

            check chk_schedule_status ("status IN ('draft', 'confirmed', 'completed', 'failed')"),
            check chk_schedule_time ("end_time > start_time"),
            check chk_schedule_total_minutes ("total_minutes >= 0"),
            check chk_schedule_authorized_at ("authorized_at IS NULL OR authorized_at >= created_at"),
            exclude idx_schedule_overlap using gist
                (tenant_id with "=", staff_id with "=", "tstzrange(start_time, end_time)" with "&&")
                where("status IN ('confirmed', 'completed')"),
            index idx_schedule_tenant (tenant_id),
            index idx_schedule_staff (staff_id),
            index idx_schedule_start_time (start_time),
            index idx_schedule_end_time (end_time),
            index idx_schedule_status (status),
            index idx_schedule_leave_type (leave_type_id),
            index idx_schedule_tenant_staff (tenant_id, staff_id),
            index idx_schedule_tenant_status (tenant_id, status),
            index idx_schedule_dates (start_time, end_time),
            index idx_schedule_staff_dates (staff_id, start_time, end_time),
            index idx_schedule_active (tenant_id, staff_id, start_time) where("status IN ('confirmed', 'completed')"),
            index idx_schedule_pending_authorization (tenant_id, staff_id, created_at)
                where("is_authorized = false AND status = 'confirmed'"),
            trigger trg_schedule_updated_at before update for_each row execute update_updated_at_column(),
            comment "shifts; nobody has two at a time",
        }

        create_table schedule_preferences {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_schedule_preferences_tenant_id),
            staff_id: bigint not_null
                references(sys_users.id, on_delete: cascade, name: fk_schedule_preferences_staff_id),
            week_number: integer not_null default(1),
            year: integer not_null,
            preferences: jsonb not_null default("{}") comment("the wishes, by day"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_schedule_preferences_tenant_staff_week_year (tenant_id, staff_id, week_number, year),
            index idx_schedule_preferences_tenant (tenant_id),
            index idx_schedule_preferences_staff (staff_id),
            index idx_schedule_preferences_week_year (week_number, year),
            index idx_schedule_preferences_tenant_staff (tenant_id, staff_id),
            index idx_schedule_preferences_tenant_week_year (tenant_id, week_number, year),
            index idx_schedule_preferences_preferences (preferences) using gin,
            trigger trg_schedule_preferences_updated_at before update for_each row execute update_updated_at_column(),
            comment "when people would like to work",
        }

        create_table schedule_revision {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_schedule_revision_tenant_id),
            revision_type: varchar(256) not_null default(""),
            updated_by_id: bigint
                references(sys_users.id, on_delete: set_null, name: fk_schedule_revision_updated_by_id),
            updated_by_name: varchar(256) default(""),
            start_date: date,
            end_date: date,
            description: text,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_schedule_revision_dates ("end_date IS NULL OR start_date IS NULL OR end_date >= start_date"),
            index idx_schedule_revision_tenant (tenant_id),
            index idx_schedule_revision_updated_by (updated_by_id),
            index idx_schedule_revision_type (revision_type),
            index idx_schedule_revision_dates (start_date, end_date),
            index idx_schedule_revision_tenant_dates (tenant_id, start_date, end_date),
            comment "changes to many shifts at once",
        }

        create_table schedule_revision_detail {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_schedule_revision_detail_tenant_id),
            revision_id: bigint not_null
                references(schedule_revision.id, on_delete: cascade, name: fk_schedule_revision_detail_revision_id),
            schedule_id: bigint,
            staff_id: bigint not_null
                references(sys_users.id, on_delete: cascade, name: fk_schedule_revision_detail_staff_id),
            start_time: timestamptz not_null,
            end_time: timestamptz not_null,
            shift_name: varchar(256) not_null default(""),
            total_minutes: integer not_null default(0),
            leave_type_id: bigint
                references(leave_type.id, on_delete: set_null, name: fk_schedule_revision_detail_leave_type_id),
            is_authorized: boolean not_null default(false),
            reason: varchar(500) not_null default(""),
            is_confirmed: boolean not_null default(true),
            is_leader_shift: boolean not_null default(false),
            shift_report_id: bigint,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_schedule_revision_detail_time ("end_time > start_time"),
            check chk_schedule_revision_detail_total_minutes ("total_minutes >= 0"),
            index idx_schedule_revision_detail_tenant (tenant_id),
            index idx_schedule_revision_detail_revision (revision_id),
            index idx_schedule_revision_detail_schedule (schedule_id),
            index idx_schedule_revision_detail_staff (staff_id),
            index idx_schedule_revision_detail_leave_type (leave_type_id),
            index idx_schedule_revision_detail_dates (start_time, end_time),
            index idx_schedule_revision_detail_tenant_revision (tenant_id, revision_id),
            comment "shifts as they were before such a change",
        }

        create_table schedule_time_off_request {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_schedule_time_off_request_tenant_id),
            staff_id: bigint not_null
                references(sys_users.id, on_delete: cascade, name: fk_schedule_time_off_request_staff_id),
            leave_type_id: bigint
                references(leave_type.id, on_delete: set_null, name: fk_schedule_time_off_request_leave_type_id),
            group: varchar(100) default(""),
            reason: varchar(500) not_null default(""),
            email_body: text,
            day_off: date,
            status: varchar(50) not_null default("pending") comment("whether the day off is granted"),
            schedule_id: bigint
                references(schedule.id, on_delete: set_null, name: fk_schedule_time_off_request_schedule_id),
            hr_comment: varchar(600) default(""),
            confirmed_by_id: bigint
                references(sys_users.id, on_delete: set_null, name: fk_schedule_time_off_request_confirmed_by_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            confirmed_at: timestamptz,

            check chk_schedule_time_off_request_status ("status IN ('pending', 'approved', 'rejected', 'cancelled')"),
            check chk_schedule_time_off_request_confirmed_at ("confirmed_at IS NULL OR confirmed_at >= created_at"),
            index idx_schedule_time_off_request_tenant (tenant_id),
            index idx_schedule_time_off_request_staff (staff_id),
            index idx_schedule_time_off_request_status (status),
            index idx_schedule_time_off_request_day_off (day_off),
            index idx_schedule_time_off_request_schedule (schedule_id),
            index idx_schedule_time_off_request_leave_type (leave_type_id),
            index idx_schedule_time_off_request_tenant_staff (tenant_id, staff_id),
            index idx_schedule_time_off_request_tenant_status (tenant_id, status),
            index idx_schedule_time_off_request_pending (tenant_id, staff_id, day_off) where("status = 'pending'"),
            index idx_schedule_time_off_request_approved (tenant_id, staff_id, day_off) where("status = 'approved'"),
            comment "requests for days off",
        }
    }
}

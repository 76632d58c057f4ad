//! V6: projects, their tasks, and the talk about them.

pkmig::migration! {
    V06 "projects" {
        create_table project {
            id: bigserial primary_key comment("the number that tasks refer to"),
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_project_tenant_id)
                comment("whose work it is"),
            title: varchar(400) not_null default(""),
            description: text,
            code: varchar(50) not_null comment("stands before the numbers of its tasks"),
            owner_id: bigint not_null default(0)
                references(sys_users.id, on_delete: set_default, name: fk_project_owner_id),
            status: varchar(50) not_null default("active") comment("how the work stands"),
            visibility: varchar(50) not_null default("private") comment("who may look at it"),
            start_date: timestamptz,
            end_date: timestamptz,
            is_continuous: boolean not_null default(false),
            created_by_id: bigint not_null default(0)
                references(sys_users.id, on_delete: set_default, name: fk_project_created_by_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            completed_at: timestamptz,
            archived_at: timestamptz,
            metadata: jsonb comment("what plugins keep about it"),

            unique uq_project_tenant_code (tenant_id, code),
            check chk_project_status ("status IN ('active', 'on_hold', 'completed', 'archived')"),
            check chk_project_visibility ("visibility IN ('private', 'team', 'public')"),
            check chk_project_dates ("end_date IS NULL OR start_date IS NULL OR end_date >= start_date"),
            index idx_project_tenant (tenant_id),
            index idx_project_code_tenant (tenant_id, code),
            index idx_project_owner (owner_id),
            index idx_project_status (status),
            index idx_project_created_by (created_by_id),
            index idx_project_tenant_status (tenant_id, status),
            index idx_project_dates (start_date, end_date),
            trigger trg_project_updated_at before update for_each row execute update_updated_at_column(),
            comment "work with an aim, split into tasks",
        }

        create_table milestone {
            id: bigserial primary_key,
            tenant_id: bigint not_null references(sys_tenants.id, on_delete: cascade, name: fk_milestone_tenant_id),
            project_id: bigint not_null references(project.id, on_delete: cascade, name: fk_milestone_project_id),
            title: varchar(256) not_null default(""),
            description: text,
            target_date: timestamptz,
            status: varchar(50) not_null default("pending") comment("how far it is"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            completed_at: timestamptz,

            check chk_milestone_status ("status IN ('pending', 'in_progress', 'completed')"),
            index idx_milestone_tenant (tenant_id),
            index idx_milestone_project (project_id),
            index idx_milestone_status (status),
            index idx_milestone_tenant_project (tenant_id, project_id),
            index idx_milestone_target_date (target_date),
            comment "dates by which something shall be done",
        }

        create_table recurring_task {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_recurring_task_tenant_id),
            name: varchar(256) not_null default(""),
            project_id: bigint references(project.id, on_delete: set_null, name: fk_recurring_task_project_id),
            title_template: varchar(500) not_null default(""),
            description_template: text,
            task_type: varchar(50) not_null default("task"),
            priority: varchar(20) not_null default("medium"),
            frequency: varchar(50) not_null default("") comment("how often"),
            day_repeat: varchar(300) not_null default(""),
            time_zone: varchar(200) not_null default("Asia/Ho_Chi_Minh"),
            next_run: timestamptz,
            processing_time_hours: integer not_null default(24),
            days_before_insert: integer not_null default(7),
            is_active: boolean not_null default(true),
            created_by_id: bigint not_null default(0)
                references(sys_users.id, on_delete: set_default, name: fk_recurring_task_created_by_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_recurring_task_type ("task_type IN ('task', 'bug', 'feature', 'epic', 'story')"),
            check chk_recurring_task_priority ("priority IN ('low', 'medium', 'high', 'critical')"),
            check chk_recurring_task_frequency ("frequency IN ('daily', 'weekly', 'monthly', 'custom')"),
            check chk_recurring_task_processing_time ("processing_time_hours > 0"),
            check chk_recurring_task_days_before ("days_before_insert >= 0"),
            index idx_recurring_task_tenant (tenant_id),
            index idx_recurring_task_project (project_id),
            index idx_recurring_task_active (is_active),
            index idx_recurring_task_next_run (next_run),
            index idx_recurring_task_tenant_active (tenant_id, is_active) where("is_active = true"),
            index idx_recurring_task_tenant_next_run (tenant_id, next_run)
                where("is_active = true AND next_run IS NOT NULL"),
            trigger trg_recurring_task_updated_at before update for_each row execute update_updated_at_column(),
            comment "tasks that come again",
        }

        create_table task {
            id: bigserial primary_key,
            tenant_id: bigint not_null references(sys_tenants.id, on_delete: cascade, name: fk_task_tenant_id),
            task_number: varchar(50) not_null comment("the number that people say"),
            parent_task_id: bigint
                references(task.id, on_delete: set_null, name: fk_task_parent_task_id)
                comment("the larger piece it is a part of"),
            project_id: bigint not_null default(0)
                references(project.id, on_delete: set_default, name: fk_task_project_id),
            milestone_id: bigint references(milestone.id, on_delete: set_null, name: fk_task_milestone_id),
            title: varchar(500) not_null default(""),
            description: text,
            task_type: varchar(50) not_null default("task") comment("what kind of work"),
            status: varchar(50) not_null default("todo") comment("how far it is"),
            priority: varchar(20) not_null default("medium") comment("what to do first"),
            assignee_id: bigint references(sys_users.id, on_delete: set_null, name: fk_task_assignee_id),
            assigned_by_id: bigint references(sys_users.id, on_delete: set_null, name: fk_task_assigned_by_id),
            created_by_id: bigint not_null default(0)
                references(sys_users.id, on_delete: set_default, name: fk_task_created_by_id),
            start_date: timestamptz,
            due_date: timestamptz,
            original_due_date: timestamptz,
            estimated_hours: numeric(10, 2),
            actual_hours: numeric(10, 2),
            position: integer not_null default(0),
            metadata: jsonb comment("what plugins keep about it"),
            recurring_task_id: bigint
                references(recurring_task.id, on_delete: set_null, name: fk_task_recurring_task_id),
            repeat_key: varchar(100) not_null default(""),
            reviewed_by_id: bigint references(sys_users.id, on_delete: set_null, name: fk_task_reviewed_by_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            started_at: timestamptz,
            completed_at: timestamptz,
            archived_at: timestamptz,

            unique uq_task_tenant_number (tenant_id, task_number),
            check chk_task_type ("task_type IN ('task', 'bug', 'feature', 'epic', 'story')"),
            check chk_task_status ("status IN ('todo', 'in_progress', 'in_review', 'done', 'cancelled')"),
            check chk_task_priority ("priority IN ('low', 'medium', 'high', 'critical')"),
            check chk_task_estimated_hours ("estimated_hours IS NULL OR estimated_hours >= 0"),
            check chk_task_actual_hours ("actual_hours IS NULL OR actual_hours >= 0"),
            check chk_task_dates ("due_date IS NULL OR start_date IS NULL OR due_date >= start_date"),
            check chk_task_completion ("completed_at IS NULL OR started_at IS NULL OR completed_at >= started_at"),
            index idx_task_tenant (tenant_id),
            index idx_task_number_tenant (tenant_id, task_number),
            index idx_task_parent (parent_task_id),
            index idx_task_project (project_id),
            index idx_task_milestone (milestone_id),
            index idx_task_assignee (assignee_id),
            index idx_task_status (status),
            index idx_task_priority (priority),
            index idx_task_type (task_type),
            index idx_task_due_date (due_date),
            index idx_task_project_status (project_id, status),
            index idx_task_created_by (created_by_id),
            index idx_task_tenant_project (tenant_id, project_id),
            index idx_task_tenant_assignee (tenant_id, assignee_id),
            index idx_task_tenant_status (tenant_id, status),
            index idx_task_due_date_active (due_date) where("status NOT IN ('done', 'cancelled', 'archived')"),
            trigger trg_task_updated_at before update for_each row execute update_updated_at_column(),
            comment "one piece of work",
        }

        create_table task_watcher {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_task_watcher_tenant_id),
            task_id: bigint not_null references(task.id, on_delete: cascade, name: fk_task_watcher_task_id),
            staff_id: bigint not_null references(sys_users.id, on_delete: cascade, name: fk_task_watcher_staff_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_task_watcher (task_id, staff_id),
            index idx_task_watcher_tenant (tenant_id),
            index idx_task_watcher_task (task_id),
            index idx_task_watcher_staff (staff_id),
            index idx_task_watcher_tenant_staff (tenant_id, staff_id),
            comment "who is told when a task changes",
        }

        create_table task_dependency {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_task_dependency_tenant_id),
            task_id: bigint not_null references(task.id, on_delete: cascade, name: fk_task_dependency_task_id),
            depends_on_task_id: bigint not_null
                references(task.id, on_delete: cascade, name: fk_task_dependency_depends_on_task_id),
            dependency_type: varchar(50) not_null default("blocks") comment("what one is to the other"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_task_dependency (task_id, depends_on_task_id, dependency_type),
            check chk_task_dependency_type ("dependency_type IN ('blocks', 'relates_to', 'duplicates')"),
            check chk_task_dependency_self ("task_id <> depends_on_task_id"),
            index idx_task_dependency_tenant (tenant_id),
            index idx_task_dependency_task (task_id),
            index idx_task_dependency_depends_on (depends_on_task_id),
            index idx_task_dependency_type (dependency_type),
            index idx_task_dependency_tenant_task (tenant_id, task_id),
            comment "tasks that have to do with each other",
        }

        create_table task_attachment {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_task_attachment_tenant_id),
            task_id: bigint not_null references(task.id, on_delete: cascade, name: fk_task_attachment_task_id),
            file_name: varchar(500) not_null,
            file_path: varchar(1000) not_null,
            file_type: varchar(100) not_null default(""),
            file_size: bigint not_null default(0),
            uploaded_by_id: bigint not_null
                references(sys_users.id, on_delete: set_default, name: fk_task_attachment_uploaded_by_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_task_attachment_file_size ("file_size >= 0"),
            index idx_task_attachment_tenant (tenant_id),
            index idx_task_attachment_task (task_id),
            index idx_task_attachment_uploaded_by (uploaded_by_id),
            index idx_task_attachment_file_type (file_type),
            index idx_task_attachment_tenant_task (tenant_id, task_id),
            comment "files at a task",
        }

        create_table task_comment {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_task_comment_tenant_id),
            task_id: bigint not_null references(task.id, on_delete: cascade, name: fk_task_comment_task_id),
            parent_comment_id: bigint
                references(task_comment.id, on_delete: set_null, name: fk_task_comment_parent_comment_id)
                comment("what is answered"),
            author_id: bigint not_null
                references(sys_users.id, on_delete: set_default, name: fk_task_comment_author_id),
            content: text not_null,
            is_internal: boolean not_null default(false) comment("hidden from customers"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            check chk_task_comment_updated_at ("updated_at >= created_at"),
            check chk_task_comment_deleted_at ("deleted_at IS NULL OR deleted_at >= created_at"),
            index idx_task_comment_tenant (tenant_id),
            index idx_task_comment_task (task_id),
            index idx_task_comment_author (author_id),
            index idx_task_comment_parent (parent_comment_id),
            index idx_task_comment_created_at (created_at),
            index idx_task_comment_tenant_task (tenant_id, task_id),
            index idx_task_comment_active (task_id, created_at) where("deleted_at IS NULL"),
            trigger trg_task_comment_updated_at before update for_each row execute update_updated_at_column(),
            comment "talk about a task",
        }

        create_table task_comment_mention {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_task_comment_mention_tenant_id),
            comment_id: bigint not_null
                references(task_comment.id, on_delete: cascade, name: fk_task_comment_mention_comment_id),
            mentioned_staff_id: bigint not_null
                references(sys_users.id, on_delete: cascade, name: fk_task_comment_mention_mentioned_staff_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_task_comment_mention (comment_id, mentioned_staff_id),
            index idx_task_comment_mention_tenant (tenant_id),
            index idx_task_comment_mention_comment (comment_id),
            index idx_task_comment_mention_staff (mentioned_staff_id),
            index idx_task_comment_mention_tenant_staff (tenant_id, mentioned_staff_id),
            comment "who is named in a comment",
        }

        create_table task_activity {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_task_activity_tenant_id),
            task_id: bigint not_null references(task.id, on_delete: cascade, name: fk_task_activity_task_id),
            staff_id: bigint not_null
                references(sys_users.id, on_delete: set_default, name: fk_task_activity_staff_id),
            action_type: varchar(50) not_null comment("what was done"),
            field_name: varchar(100),
            old_value: text,
            new_value: text,
            metadata: jsonb,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_task_activity_tenant (tenant_id),
            index idx_task_activity_task (task_id),
            index idx_task_activity_staff (staff_id),
            index idx_task_activity_action_type (action_type),
            index idx_task_activity_created_at (created_at),
            index idx_task_activity_tenant_task (tenant_id, task_id),
            index idx_task_activity_tenant_created (tenant_id, created_at desc),
            comment "what happened to a task",
        }

        create_table recurring_task_assignee {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_recurring_task_assignee_tenant_id),
            recurring_task_id: bigint not_null
                references(recurring_task.id, on_delete: cascade, name: fk_recurring_task_assignee_recurring_task_id),
            staff_id: bigint not_null
                references(sys_users.id, on_delete: cascade, name: fk_recurring_task_assignee_staff_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_recurring_task_assignee (recurring_task_id, staff_id),
            index idx_recurring_task_assignee_tenant (tenant_id),
            index idx_recurring_task_assignee_recurring (recurring_task_id),
            index idx_recurring_task_assignee_staff (staff_id),
            index idx_recurring_task_assignee_tenant_staff (tenant_id, staff_id),
            comment "who gets the tasks that come again",
        }

        create_table project_repository {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_project_repository_tenant_id),
            project_id: bigint not_null
                references(project.id, on_delete: cascade, name: fk_project_repository_project_id),
            file_name: varchar(500) not_null default(""),
            file_path: varchar(1000) not_null default(""),
            file_type: varchar(256) not_null default(""),
            file_size: bigint not_null default(0),
            uploaded_by_id: bigint not_null default(0)
                references(sys_users.id, on_delete: set_default, name: fk_project_repository_uploaded_by_id),
            description: varchar(500),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_project_repository_file_size ("file_size >= 0"),
            index idx_project_repository_tenant (tenant_id),
            index idx_project_repository_project (project_id),
            index idx_project_repository_uploaded_by (uploaded_by_id),
            index idx_project_repository_file_type (file_type),
            index idx_project_repository_tenant_project (tenant_id, project_id),
            trigger trg_project_repository_updated_at before update for_each row execute update_updated_at_column(),
            comment "files of a project",
        }
    }
}

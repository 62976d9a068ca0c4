"""The schema as it was first released: the ground of all migrations, never edited."""

FIRST_SCHEMA = (
    """create table classes (
        id integer primary key autoincrement,
        name text not null,
        name_key text not null,
        colour text not null,
        hotkey text,
        is_disabled integer not null default 0,
        deleted_at text
    ) strict""",
    "create unique index classes_name_key on classes (name_key) where deleted_at is null",
    """create table images (
        id integer primary key autoincrement,
        digest text not null unique,
        perceptual_hash text,
        format text not null,
        width_px integer not null,
        height_px integer not null,
        size_bytes integer not null,
        name text not null,
        group_id integer not null,
        split text check (split in ('train', 'val', 'test')),
        is_split_fixed integer not null default 0,
        class_id integer references classes (id),
        is_skipped integer not null default 0,
        is_binned integer not null default 0,
        added_at text not null
    ) strict""",
    "create index images_class on images (class_id)",
    "create index images_group on images (group_id)",
    """create table batches (
        number integer primary key autoincrement,
        id text not null unique,
        who text not null,
        at text not null,
        undoes text references batches (id),
        is_undone integer not null default 0
    ) strict""",
    """create table events (
        id integer primary key autoincrement,
        batch text not null references batches (id),
        kind text not null check (kind in ('class', 'skipped', 'binned', 'split')),
        image_id integer not null references images (id),
        before text,
        after text
    ) strict""",
    "create index events_batch on events (batch)",
    "create index events_image on events (image_id)",
    """create table snapshots (
        id integer primary key autoincrement,
        digest text not null unique,
        class_names text not null,
        created_at text not null
    ) strict""",
    """create table snapshot_samples (
        snapshot_id integer not null references snapshots (id),
        position integer not null,
        digest text not null,
        target integer not null,
        split text not null,
        primary key (snapshot_id, position)
    ) strict, without rowid""",
    """create table runs (
        id integer primary key autoincrement,
        status text not null,
        config text not null,
        snapshot_id integer not null references snapshots (id),
        created_at text not null,
        started_at text,
        finished_at text,
        reason text not null default '',
        weights text not null default '',
        progress text not null default '{}',
        checkpoint_id integer references checkpoints (id)
    ) strict""",
    """create table checkpoints (
        id integer primary key autoincrement,
        run_id integer not null references runs (id),
        folder text not null,
        epoch integer not null,
        val_accuracy real not null,
        val_loss real,
        val_confusion text not null,
        created_at text not null
    ) strict""",
    """create table epoch_metrics (
        run_id integer not null references runs (id),
        epoch integer not null,
        metrics text not null,
        primary key (run_id, epoch)
    ) strict, without rowid""",
    """create table step_metrics (
        run_id integer not null references runs (id),
        step integer not null,
        epoch integer not null,
        loss real,
        primary key (run_id, step)
    ) strict, without rowid""",
    "create table settings (key text primary key, value text not null) strict",
)

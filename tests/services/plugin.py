"""All services for tests in one plugin; none starts before a test asks for it."""

pytest_plugins = [
    "services.shared_folder",
    "services.postgres",
    "services.moto_server",
    "services.mail",
    "services.node",
    "services.awscli",
    "services.serving",
    "services.browser",
]

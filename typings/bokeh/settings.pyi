class Settings:
    def allowed_ws_origin(self) -> list[str]: ...

settings: Settings

"""What the Panel binding uses of Bokeh."""

@echo off
rem Starts Cortado from the folder you stand in: finds a JDK 25, builds what is missing or older than the sources, runs it.
rem   CORTADO_JAVA_OPTS   more options for the JVM, for example -Xmx4g
rem   CORTADO_NO_BUILD    set to anything to run what was built last, whatever the sources say
setlocal EnableExtensions DisableDelayedExpansion
set "root=%~dp0"
if "%root:~-1%"=="\" set "root=%root:~0,-1%"
set "app=%root%\cli\target\app"
set "stamp=%root%\cli\target\built"

rem --- which JDK: the version stands in its file "release"
set "jdk="
if defined JAVA_HOME call :consider "%JAVA_HOME%"
if defined JAVA_HOME_25_X64 call :consider "%JAVA_HOME_25_X64%"
for /f "delims=" %%j in ('where java 2^>nul') do call :consider "%%~dpj.."
for /d %%j in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\jdk*" "%ProgramFiles%\Zulu\*" "%ProgramFiles%\Amazon Corretto\*" "%ProgramFiles%\BellSoft\*" "%LocalAppData%\Programs\Eclipse Adoptium\*" "%UserProfile%\.jdks\*" "%UserProfile%\.gradle\jdks\*" "%UserProfile%\scoop\apps\*jdk*") do call :consider "%%~j"
for /d %%j in ("%UserProfile%\scoop\apps\*jdk*") do call :consider "%%~j\current"
if not defined jdk (
    >&2 echo cortado: JDK 25 is needed and was not found; get it from https://adoptium.net or by "winget install EclipseAdoptium.Temurin.25.JDK", or set JAVA_HOME to where it is
    exit /b 2
)

rem --- build, unless the jars are newer than every source
if defined CORTADO_NO_BUILD if exist "%app%" goto run
if not exist "%stamp%" goto build
powershell -NoProfile -ExecutionPolicy Bypass -Command "$t = (Get-Item -LiteralPath $env:stamp).LastWriteTime; if (Get-ChildItem -Path ($env:root + '\pom.xml'), ($env:root + '\*\pom.xml'), ($env:root + '\*\src\main') -Recurse | Where-Object { $_.LastWriteTime -gt $t } | Select-Object -First 1) { exit 1 }"
if not errorlevel 1 goto run

:build
where mvn >nul 2>nul
if errorlevel 1 (
    >&2 echo cortado: Maven 3.8 or newer is needed to build, and there is no mvn on the path; get it from https://maven.apache.org
    exit /b 2
)
>&2 echo cortado: building (once, and again after changes) ...
if not exist "%root%\target" mkdir "%root%\target"
if not exist "%root%\cli\target" mkdir "%root%\cli\target"
rem dated before the build: what is edited meanwhile counts as newer
> "%root%\target\built" echo.
if exist "%app%" rmdir /s /q "%app%"
pushd "%root%"
set "JAVA_HOME=%jdk%"
call mvn -q -B -ntp -Dmaven.test.skip=true -Djacoco.skip=true -pl cli -am package > "%root%\target\build.log" 2>&1
set "rc=%errorlevel%"
popd
if not "%rc%"=="0" (
    >&2 findstr /b /c:"[ERROR]" "%root%\target\build.log"
    >&2 echo cortado: the build failed; all it said is in %root%\target\build.log
    exit /b 2
)
move /y "%root%\target\built" "%stamp%" >nul

:run
"%jdk%\bin\java" -XX:+UseSerialGC -XX:ObjectAlignmentInBytes=64 -XX:InitialRAMPercentage=0.01 -Xmn32m -XX:SurvivorRatio=2 -XX:MinHeapFreeRatio=1 -XX:MaxHeapFreeRatio=2 -XX:MetaspaceSize=64m -XX:MaxRAMPercentage=70 -XX:-UsePerfData -Djava.awt.headless=true -Dcortado.command=cortado %CORTADO_JAVA_OPTS% -p "%app%" -m cortado.cli/cortado.cli.Main %*
exit /b %errorlevel%

:consider
if defined jdk exit /b
if not exist "%~1\release" exit /b
if not exist "%~1\bin\javac.exe" exit /b
set "version="
for /f "tokens=2 delims==" %%v in ('findstr /b "JAVA_VERSION=" "%~1\release"') do set "version=%%~v"
for /f "delims=.-+" %%m in ("%version%") do if "%%m"=="25" set "jdk=%~1"
exit /b
